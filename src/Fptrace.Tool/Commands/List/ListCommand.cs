using System.Text;
using Fptrace.Commands.Check;
using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Steps;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Commands.List;

/// <summary><c>fptrace list</c>: the steps of a root with their state.</summary>
internal static class ListCommand
{
    public static int Run(ListOptions options, TextWriter output)
    {
        var search = new StepSearch(options.Root);
        ListedStep[] steps =
            [.. search.Folder.Steps().OrderByDescending(known => known.UsedNs).Select(known => Check(known, options))];
        if (options.Json)
        {
            output.Write(ListJson.Write(steps));
        }
        else if (steps.Length == 0)
        {
            output.WriteLine($"no command was run below {search.Root}; fptrace run COMMAND makes it known");
        }
        else
        {
            WriteTable(steps, search.Root, output);
        }

        return 0;
    }

    private static ListedStep Check(KnownStep known, ListOptions options)
    {
        ManifestLoad load = ManifestFile.Load(known.Path);
        if (load.Manifest is not { } manifest)
        {
            return new ListedStep(known, load.Reason);
        }

        CheckResult result = UpToDateCheck.Check(
            manifest, manifest.Step with { Machine = StepMachine.Current },
            options.NoEnvironment ? null : CheckCommand.Environment(manifest));
        return new ListedStep(known, result.Reason);
    }

    private static void WriteTable(ListedStep[] steps, ByteString root, TextWriter output)
    {
        long now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        string[][] rows =
        [
            ["STATE", "AGE", "SIZE", "DIRECTORY", "COMMAND"],
            .. steps.Select(step => new[]
            {
                step.Reason is null ? "up to date" : "would run",
                Age.Describe(TimeSpan.FromTicks(Math.Max(0, now - step.Known.UsedNs) / TimeSpan.NanosecondsPerTick)),
                ByteSize.Describe(step.Known.Size),
                Below(step.Known.Step.Directory, root),
                ShellWords.Join(step.Known.Step.Command) + (step.Reason is { } reason ? $"  ({reason})" : ""),
            }),
        ];
        var line = new StringBuilder();
        foreach (string[] row in rows)
        {
            line.Clear();
            for (int i = 0; i < row.Length - 1; i++)
            {
                line.Append(row[i].PadRight(rows.Max(other => other[i].Length) + 2));
            }

            output.WriteLine(line.Append(row[^1]).ToString());
        }
    }

    /// <summary>Shortens a directory below the root to its path relative to the root.</summary>
    private static string Below(ByteString directory, ByteString root) =>
        directory == root ? "." : StoredPath.Shorten(directory, root).ToString();
}

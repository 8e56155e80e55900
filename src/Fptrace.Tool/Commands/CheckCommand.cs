using System.Buffers;
using Fptrace.Interop;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Output;

namespace Fptrace.Commands;

/// <summary><c>fptrace check MANIFEST...</c> and <c>fptrace explain MANIFEST...</c>: whether steps are up to date, with the first reason against each or all.</summary>
internal static class CheckCommand
{
    /// <summary>Exit code when a step would run.</summary>
    public const int NotUpToDate = 1;

    /// <param name="verb"><c>check</c> or <c>explain</c>.</param>
    /// <param name="args">What follows the verb.</param>
    /// <param name="output">stdout.</param>
    public static int Run(string verb, IReadOnlyList<string> args, TextWriter output)
    {
        bool all = verb == "explain";
        if (new CheckOptionTable().Parse(verb, args) is not { } options)
        {
            output.Write(CheckHelp.Text);
            return 0;
        }

        (string Path, CheckedManifest Known)[] steps = [.. options.Manifests.Select(path => (path, Check(path, options, all)))];
        if (options.Json)
        {
            output.Write(CheckJson.Write(steps, all));
        }
        else if (!options.Quiet)
        {
            foreach ((string path, CheckedManifest known) in steps)
            {
                if (steps.Length > 1)
                {
                    output.WriteLine(Heading(path, known.Manifest));
                }

                Describe(known, output, steps.Length > 1 ? "  " : "");
            }
        }

        return Array.TrueForAll(steps, step => step.Known.Result.IsUpToDate) ? 0 : NotUpToDate;
    }

    private static CheckedManifest Check(string path, CheckVerbOptions options, bool all)
    {
        // Which variables are tracked stands in the manifest alone, so it is read before the environment is.
        ManifestLoad load = ManifestFile.Load(path);
        if (load.Manifest is not { } manifest)
        {
            return new CheckedManifest(null, new CheckResult([new Difference(DifferenceKind.Manifest, path, load.Reason!)], null));
        }

        CheckResult result = UpToDateCheck.Check(
            manifest,
            manifest.Step with { Machine = StepMachine.Current },
            options.NoEnvironment ? null : Environment(manifest),
            new CheckOptions { All = all });
        if (result.Refreshed is { } refreshed && !options.NoRefresh)
        {
            UpToDateCheck.TryRefresh(path, refreshed);
        }

        return new CheckedManifest(manifest, result);
    }

    /// <summary>As the step would have it if it were asked for now, in its own directory.</summary>
    private static EnvironmentDigests Environment(Manifest manifest)
    {
        ByteString[] entries = Array.ConvertAll(OwnProcess.Environment(), entry => new ByteString(entry));
        EnvironmentDigests now = StepEnvironment.Of(entries, manifest.Step).Digests;
        if (manifest.Step.Directory == new ByteString(OwnProcess.WorkingDirectory()) || now.Key != manifest.Environment.Key)
        {
            return now;
        }

        // Ours names our own directory and says nothing about the step's.
        return now with
        {
            Variables =
            [
                .. now.Variables.Where(variable => variable.Name != "PWD"),
                .. manifest.Environment.Variables.Where(variable => variable.Name == "PWD"),
            ],
        };
    }

    /// <summary>The file, and the command as a shell would take it: files are named by digests.</summary>
    private static string Heading(string path, Manifest? manifest)
    {
        if (manifest is null)
        {
            return path + ":";
        }

        var command = new ArrayBufferWriter<byte>();
        foreach (ByteString word in manifest.Step.Command)
        {
            command.Write(" "u8);
            command.WriteWord(word.Span);
        }

        return $"{path}:{new ByteString(command.WrittenSpan).ToString().ReplaceLineEndings(" ")}";
    }

    private static void Describe(CheckedManifest known, TextWriter output, string indent)
    {
        foreach (Difference difference in known.Result.Differences)
        {
            output.WriteLine(indent + RemedyWords.With(difference.Text));
        }

        if (known is { Result.IsUpToDate: true, Manifest: { } manifest })
        {
            output.WriteLine($"{indent}up to date: {manifest.Observations.Count} observations, {manifest.Outputs.Count} outputs");
        }
    }
}

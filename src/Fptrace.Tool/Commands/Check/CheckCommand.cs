using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Run;
using Fptrace.Commands.Steps;
using Fptrace.Linux.Processes;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Check;

/// <summary>
/// <c>fptrace check</c> and <c>fptrace explain</c>: whether steps are up to date. The first shows one reason, the
/// second all.
/// </summary>
internal static class CheckCommand
{
    /// <summary>The exit code when a step would run.</summary>
    public const int NotUpToDate = 1;

    public static int Run(CheckOptions options, TextWriter output)
    {
        (string Path, CheckedManifest Known)[] steps = [.. Named(options), .. Commanded(options)];
        if (options.Json)
        {
            output.Write(CheckJson.Write(steps, options.All));
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
                if (!options.NoEnvironment && RanInMSBuild(known))
                {
                    output.WriteLine(
                        $"{(steps.Length > 1 ? "  " : "")}it ran in MSBuild, whose environment is another; --no-env "
                            + "leaves the environment out");
                }
            }
        }

        return Array.TrueForAll(steps, step => step.Known.Result.IsUpToDate) ? 0 : NotUpToDate;
    }

    /// <summary>Checks the named manifests, and all manifests in the named directories.</summary>
    private static IEnumerable<(string Path, CheckedManifest Known)> Named(CheckOptions options)
    {
        foreach (string path in options.Manifests)
        {
            string[] within = Directory.Exists(path)
                ? [.. new ManifestFolder(path.TrimEnd('/')).Steps().Select(known => known.Path)
                    .Order(StringComparer.Ordinal)]
                : [];
            foreach (string one in within.Length > 0 ? within : [path])
            {
                yield return (one, Check(one, options));
            }
        }
    }

    /// <summary>Checks the steps of the given command.</summary>
    private static IEnumerable<(string Path, CheckedManifest Known)> Commanded(CheckOptions options)
    {
        if (options.Command.Count == 0)
        {
            yield break;
        }

        var search = new StepSearch(options.Root);
        KnownStep[] found = search.Of(options.Command.Count);
        foreach (KnownStep known in found)
        {
            yield return (known.Path, Check(known.Path, options));
        }

        if (found.Length == 0)
        {
            yield return ("", Missing("", search.WhyNone(options.Command.Count)));
        }
    }

    private static CheckedManifest Missing(string path, string reason) =>
        new(null, new CheckResult([new Difference(DifferenceKind.Manifest, path, reason)], null));

    private static CheckedManifest Check(string path, CheckOptions options)
    {
        // Only the manifest tells which variables count, so read it before the environment.
        ManifestLoad load = ManifestFile.Load(path);
        if (load.Manifest is not { } manifest)
        {
            return Missing(path, ManifestFile.Exists(path)
                ? load.Reason!
                : $"no manifest: there is no file {path}; a command is named after --, and fptrace list tells all");
        }

        CheckResult result = UpToDateCheck.Check(
            manifest,
            manifest.Step with { Machine = StepMachine.Current },
            options.NoEnvironment ? null : Environment(manifest),
            new CheckPlan { All = options.All });
        if (!options.NoRefresh)
        {
            UpToDateCheck.Save(path, load, result);
        }

        return new CheckedManifest(manifest, result);
    }

    /// <summary>The environment that the step would get now, in its own directory.</summary>
    public static EnvironmentDigests Environment(Manifest manifest)
    {
        ByteString[] entries = Array.ConvertAll(StartWords.Environment(), entry => new ByteString(entry));
        EnvironmentDigests now = StepEnvironment.Of(entries, manifest.Step).Digests;
        if (manifest.Step.Directory == new ByteString(OwnProcess.WorkingDirectory())
            || now.Key != manifest.Environment.Key)
        {
            return now;
        }

        // The tool's own PWD names the tool's directory, and says nothing about the step's.
        return now with
        {
            Variables =
            [
                .. now.Variables.Where(variable => variable.Name != "PWD"),
                .. manifest.Environment.Variables.Where(variable => variable.Name == "PWD"),
            ],
        };
    }

    /// <summary>The file, and the command in the form that a shell takes: the file's name is only a digest.</summary>
    private static string Heading(string path, Manifest? manifest) => manifest is null
        ? (path.Length > 0 ? path : "the command") + ":"
        : $"{path}: {ShellWords.Join(manifest.Step.Command)}";

    /// <summary>Whether the step probably ran in MSBuild, which gives its tasks variables of its own.</summary>
    private static bool RanInMSBuild(CheckedManifest known) =>
        known.Result.Differences.Any(difference => difference.Kind == DifferenceKind.Environment)
        && known.Manifest!.Environment.Variables.Any(variable => variable.Name == "MSBuildExtensionsPath"
            && variable.Digest is not null)
        && System.Environment.GetEnvironmentVariable("MSBuildExtensionsPath") is null;

    private static void Describe(CheckedManifest known, TextWriter output, string indent)
    {
        foreach (Difference difference in known.Result.Differences)
        {
            output.WriteLine(indent + RemedyWords.With(difference.Text));
        }

        if (known is { Result.IsUpToDate: true, Manifest: { } manifest })
        {
            output.WriteLine($"{indent}up to date: {RunReport.Files(manifest)}");
        }
    }
}

using Fptrace.Commands.Run.Streams;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Steps;

namespace Fptrace.Commands.Run;

/// <summary>Whether a step is up to date, by its manifest.</summary>
internal static class StepCheck
{
    /// <summary>
    /// Checks the step, and the same step at a terminal: that run counts here, too, if the command asked for nothing
    /// that differs (<see cref="StepTerminal"/>).
    /// </summary>
    public static CheckedManifest Run(RunOptions options, StepIdentity step, string path,
        EnvironmentDigests environment)
    {
        CheckedManifest known = CheckFile(path, step, environment);
        if (!known.Result.IsUpToDate
            && options.Manifest is null
            && StepRun.PathAtTerminal(step) is string other
            && CheckFile(other, step, environment) is { Result.IsUpToDate: true } atTerminal)
        {
            return atTerminal;
        }

        return known;
    }

    private static CheckedManifest CheckFile(string path, StepIdentity step, EnvironmentDigests environment)
    {
        CheckedManifest known = UpToDateCheck.CheckFile(path, step, environment);
        return known is { Result.IsUpToDate: true, Manifest: { } manifest } && !Replayed.Fits(manifest)
            ? known with
            {
                Result =
                    new CheckResult(
                        [new Difference(DifferenceKind.Output, "printed",
                            "stdout and stderr were one file when it ran, and are two now")], null),
            }
            : known;
    }
}

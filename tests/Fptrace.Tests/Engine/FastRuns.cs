using System.Text.RegularExpressions;
using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Runs for tests of the engine <c>fast</c>.</summary>
internal static class FastRuns
{
    public static void SkipElsewhere() => Skip.IfNot(PerMachine.IsX64, "is for x86-64");

    /// <summary>Of <c>known.c</c>.</summary>
    public static TracedRun Run(string engine, string what) => Run(engine, TestPrograms.LinkedPath("known"), what);

    public static TracedRun Run(string engine, params IReadOnlyList<string> command) =>
        RunWith(engine, ["--probes"], command);

    public static TracedRun RunWith(string engine, IReadOnlyList<string> options, IReadOnlyList<string> command,
        params IReadOnlyList<string> launcher)
    {
        SkipElsewhere();
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, options, command, launcher).Succeeded();
        _ = run.Trace;
        return run;
    }

    public static IEnumerable<string> Accesses(TracedRun run) => run.Trace.Accesses
        .Select(access => $"{access.Execution} {access.Kind} {run.Short(access.Path)} {run.Short(access.Counterpart)}")
        .Select(text => Regex.Replace(text, "/proc/[0-9]+", "/proc/PID"))
        .Select(text => Regex.Replace(text, "/fptrace-test-[^/ ]+", "/fptrace-test"));
}

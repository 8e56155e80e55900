using System.Text.RegularExpressions;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A traced run of <c>tests/programs/verdict.c</c>, and the reasons in its verdict.</summary>
internal static partial class VerdictRun
{
    public static TracedRun AssertReasons(string engine, string what, params string[] kinds)
    {
        using var directory = new WorkDirectory();
        TracedRun run = AssertReasons(directory, engine, what, [], kinds);
        _ = run.Trace;
        return run;
    }

    public static TracedRun AssertReasons(WorkDirectory directory, string engine, string what, string[] options,
        params string[] kinds)
    {
        TracedRun run = TracedRun.With(directory, engine, options, [TestPrograms.Path("verdict"), what]);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs " + what);
        run.Succeeded();
        Assert.Equal(kinds, Reasons(run));
        Assert.Equal(kinds.Length == 0, run.Trace.IsComplete);
        Assert.Contains(kinds is [] or ["network"] or ["outsider"] ? "\"allFiles\":true" : "\"allFiles\":false",
            run.Trace.Verdict, StringComparison.Ordinal);
        return run;
    }

    public static string[] Reasons(TracedRun run) =>
        [.. Kind.Matches(run.Trace.Verdict).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("\"kind\":\"([^\"]+)\"")]
    private static partial Regex Kind { get; }
}

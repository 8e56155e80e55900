using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>Commands that go on from their own earlier work: a hit must not undo it, nor leave it out.</summary>
public sealed class CachedOwnWorkTests : IDisposable
{
    private readonly CachedRun _run = new();

    [SkippableFact]
    public void Archive_MemberAddedToAnother_NeverTheResultOfAnotherArchive()
    {
        Requires.Program("ar");
        _run.Write("a", "a");
        _run.Write("b", "b");
        string[] command = ["ar", "r", "lib.a", "b"];
        CachedRun.AssertRan(_run.Run(command));

        // The same command, but now there is something to add to.
        CommandRunner.Run(_run.Root, ["rm", "lib.a"]);
        CommandRunner.Run(_run.Root, ["ar", "r", "lib.a", "a"]);
        CachedRun.AssertRan(_run.Run(command));

        Assert.Equal("a\nb\n", CommandRunner.Run(_run.Root, ["ar", "t", "lib.a"]).Output);
    }

    [SkippableFact]
    public void Appending_FormerResultInTheCache_RunsAgainAndAppends()
    {
        string[] command = ["sh", "-c", "cat in >> log"];
        _run.RunWithTwoInputs(command);

        CachedRun.AssertRan(_run.Run(command));

        Assert.Equal("121", _run.Read("log"));
    }

    [SkippableFact]
    public void ReadModifyWrite_StateBeforeIsBack_Hit()
    {
        string[] command = ["sh", "-c", "cat in >> log"];
        _run.Write("in", "1");
        _run.Write("log", "0");
        CachedRun.AssertRan(_run.Run(command));
        CachedRun.AssertSkipped(_run.Run(command));
        _run.Write("log", "0");

        CachedRun.AssertHit(_run.Run(command));

        Assert.Equal("01", _run.Read("log"));
    }

    // Reads what it made before and replaces it, as automake's make does with .deps/*.Po.
    private static readonly string[] s_remembering = ["sh", "-c",
        "cat deps > seen; cp in out; rm seen; echo in > deps.new; mv deps.new deps"];

    [SkippableFact]
    public void Remembering_BackInPlace_RunsUnlessItIsIdempotent()
    {
        _run.Write("deps", "");
        _run.RunWithTwoInputs(s_remembering);

        CachedRun.AssertHit(_run.Run(["--cache-idempotent"], s_remembering));

        Assert.Equal("1", _run.Read("out"));
        Assert.Equal("in\n", _run.Read("deps"));
        CachedRun.AssertSkipped(_run.Run(s_remembering));
        _run.Write("in", "2");
        CachedRun.AssertHit(_run.Run(s_remembering));
        Assert.Equal("2", _run.Read("out"));
        _run.Write("in", "1");
        CachedRun.AssertRan(_run.Run(s_remembering));
        _run.AssertSound();
    }

    [SkippableFact]
    public void Counting_BackInPlace_RunsAndCounts()
    {
        // The same reads and replacements as those of the step above: only the user knows that this one goes on from
        // its own work.
        string[] command = ["sh", "-c",
            "n=$(cat count); if [ $(cat in) = release ]; then n=$((n+1)); fi; echo $n > count.new; mv count.new "
            + "count; cat in count > out"];
        _run.Write("count", "1\n");
        _run.Write("in", "release\n");
        CachedRun.AssertRan(_run.Run(command));
        _run.Write("in", "test\n");
        CachedRun.AssertRan(_run.Run(command));
        Assert.Equal("test\n2\n", _run.Read("out"));
        _run.Write("in", "release\n");

        CachedRun.AssertRan(_run.Run(command));

        Assert.Equal("release\n3\n", _run.Read("out"));
    }

    public void Dispose() => _run.Dispose();
}

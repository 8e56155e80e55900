using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>Outputs that a run cut and wrote where they stood: what it did not make of them, a hit must not make either.</summary>
public sealed class CachedPlaceTests : IDisposable
{
    private readonly CachedRun _run = new();

    [SkippableTheory]
    [InlineData("echo > out; chmod 600 out", "cat in > out", "echo > out", "its mode is another, and the command would keep that: out")]
    [InlineData("echo > out; chmod 600 out", "cat in > out", "", "now missing, and the command might make it with another mode: out")]
    [InlineData("echo > out; chmod 600 out", "cp in out", "", "now missing, and the command might make it with another mode: out")]
    [InlineData("", "cat in > out", "echo > out; chmod 600 out", "its mode is another, and the command would keep that: out")]
    [InlineData("", "cat in > out", "echo > other; ln other out", "has several names, and the command would change what each of them shows: out")]
    [InlineData("", "cat in > out", "echo > other; ln -s other out", "now a link, and the command would write through it: out")]
    [InlineData("echo > out; chmod 600 out", "cat in > out", "echo > out; chmod 600 out", null)]
    [InlineData("echo > out", "cat in > out", "", null)]
    [InlineData("", "cat in > out", "echo > out", null)]
    [InlineData("echo > out; chmod 600 out", "rm -f out; cat in > new; mv new out", "", null)]
    [InlineData("echo > out; chmod 755 out", "cat in > out; chmod 755 out", "", null)]
    public void FileWrittenInPlace_OtherTree_HitsIfItsModeFollows(string one, string command, string other, string? fault)
    {
        Shell("echo text > in; " + one);
        CachedRun.AssertRan(_run.Run("sh", "-c", command));
        Shell("find . -mindepth 1 -delete; echo text > in; " + other);
        CommandResult result = _run.Run("sh", "-c", command);
        if (fault is null)
        {
            CachedRun.AssertHit(result);
        }
        else
        {
            Assert.Contains(fault, result.Error, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("cat in > out")]
    [InlineData("cp in out")]
    public void FileWrittenInPlace_BackToFormerInput_HitsHereAndInACleanTree(string command)
    {
        _run.Write("in", "1\n");
        CachedRun.AssertRan(_run.Run("sh", "-c", command));
        _run.Write("in", "2\n");
        CachedRun.AssertRan(_run.Run("sh", "-c", command));
        _run.Write("in", "1\n");
        CachedRun.AssertHit(_run.Run("sh", "-c", command));
        Shell("rm -rf .fptrace out; echo 2 > in");
        CachedRun.AssertHit(_run.Run("sh", "-c", command));
    }

    [SkippableFact]
    public void DirectoryLookedAt_OtherMode_Misses()
    {
        Shell("mkdir -m 755 d");
        CachedRun.AssertRan(_run.Run("sh", "-c", "ls -ld d | cut -c1-10 > out"));
        Shell("rm -rf .fptrace out; chmod 700 d");
        CachedRun.AssertRan(_run.Run("sh", "-c", "ls -ld d | cut -c1-10 > out"));
        Assert.Equal("drwx------\n", _run.Read("out"));
        Shell("rm -rf .fptrace out; chmod 755 d");
        CachedRun.AssertHit(_run.Run("sh", "-c", "ls -ld d | cut -c1-10 > out"));
    }

    public void Dispose() => _run.Dispose();

    private void Shell(string commands) => Assert.Equal(0, CommandRunner.Run(_run.Root, ["sh", "-c", commands]).ExitCode);
}

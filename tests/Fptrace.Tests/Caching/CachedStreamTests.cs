using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary><c>fptrace run --cache</c>, and what stdin, stdout and stderr are.</summary>
public sealed class CachedStreamTests : IDisposable
{
    private readonly CachedRun _run = new();

    public CachedStreamTests()
    {
        _run.Write("in", "b\na\n");
        _run.Write("other", "2\n1\n");
    }

    [SkippableFact]
    public void OtherFileAsStandardInput_Misses()
    {
        CachedRun.AssertRan(Run("exec \"$@\" < in", "sort"));
        Forget();
        CommandResult result = Run("exec \"$@\" < other", "sort");
        CachedRun.AssertRan(result);
        Assert.Equal("1\n2\n", result.Output);
    }

    [SkippableFact]
    public void Hit_LeavesTheOffsetWhereTheRunLeftIt()
    {
        string[] command = ["sh", "-c", "read x; echo line $x"];
        CachedRun.AssertRan(Run("exec < in; \"$@\" && cat", command));
        Forget();
        CommandResult result = Run("exec < in; \"$@\" && cat", command);
        CachedRun.AssertHit(result);
        Assert.Equal("line b\na\n", result.Output);
        Forget();
        CachedRun.AssertRan(Run("exec < in; read y; \"$@\"", command));
        _run.Write("in", "b\nc\n");
        Forget();
        CachedRun.AssertRan(Run("exec < in; \"$@\"", command));
        Assert.Equal("line b\nc\n", Run("exec < in; \"$@\" && cat", command).Output);
    }

    [SkippableFact]
    public void FileWithoutAName_IsFoundByItsContent()
    {
        const string Deleted = "cp in copy; exec < copy; rm copy; exec \"$@\"";
        CachedRun.AssertRan(Run(Deleted, "sort"));
        Forget();
        CachedRun.AssertHit(Run(Deleted, "sort"));
        _run.Write("in", "d\nc\n");
        Forget();
        CommandResult result = Run(Deleted, "sort");
        CachedRun.AssertRan(result);
        Assert.Equal("c\nd\n", result.Output);
    }

    [SkippableFact]
    public void StandardInputHandedOn_IsNeitherFoundNorKept()
    {
        CachedRun.AssertRan(Run("exec \"$@\" < /dev/null", "cat"));
        for (int i = 0; i < 2; i++)
        {
            CommandResult result = _run.Run(["--stdin"], ["cat"]);
            CachedRun.AssertRan(result);
            Assert.Contains("fptrace: it will run again: its standard input is handed on (--stdin)", result.Error,
                StringComparison.Ordinal);
            Forget();
        }
    }

    [SkippableFact]
    public void OneFileForBothStreams_IsNoHitForTwo()
    {
        string[] command = ["sh", "-c", "echo 1; echo 2 >&2"];
        Run("exec \"$@\" > both 2>&1", command);
        Assert.StartsWith("1\n2\nfptrace: run: ", _run.Read("both"), StringComparison.Ordinal);
        Forget();
        Run("exec \"$@\" > both 2>&1", command);
        Assert.StartsWith("1\n2\nfptrace: from the cache, not run: ", _run.Read("both"), StringComparison.Ordinal);
        Forget();
        CommandResult result = Run("exec \"$@\"", command);
        Assert.Contains("; not in the cache: stdout and stderr were one file when it ran, and are two now\n",
            result.Error, StringComparison.Ordinal);
        Assert.Equal("1\n", result.Output);
    }

    public void Dispose() => _run.Dispose();

    private CommandResult Run(string launcher, params string[] command)
    {
        CommandResult result = CommandRunner.Run(_run.Root,
            ["sh", "-c", launcher, "sh", .. _run.Prefix, "--ignore", "both", "--ignore", "copy", "--", .. command]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {result.Error}");
        return result;
    }

    /// <summary>Leaves the cache alone.</summary>
    private void Forget() => Directory.Delete(_run.At(".fptrace"), recursive: true);
}

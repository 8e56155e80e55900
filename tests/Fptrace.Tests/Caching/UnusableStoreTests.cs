using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>A store that cannot be used costs a line with the remedy, and never the command.</summary>
public sealed class UnusableStoreTests : IDisposable
{
    private readonly CachedRun _run = new();

    [SkippableTheory]
    [InlineData("echo > $S", "Not a directory; name another directory with --cache=DIR")]
    [InlineData("mkdir -m 700 $S; echo > $S/thesis", "holds other files and is no cache of fptrace")]
    [InlineData("mkdir -m 777 $S", "can be written to by others (mode 777); chmod go-w it")]
    [InlineData("mkdir -m 700 $S; echo rubbish > $S/fptrace-cache", "is damaged")]
    [InlineData("mkdir -m 700 $S $S/v2; echo 'fptrace-cache 3' > $S/v2/fptrace-cache", "is damaged")]
    [InlineData("mkdir -m 700 $S; ln -s elsewhere $S/v2", "name another directory with --cache=DIR")]
    public void Store_OfAnyOtherKind_TheCommandRunsWithout(string make, string words)
    {
        CommandRunner.Run("/", ["sh", "-c", "umask 022; S=$1; " + make, "sh", _run.Store]);

        CommandResult result = _run.Run("touch", "made");

        Assert.Equal(0, result.ExitCode);
        string line = Assert.Single(result.Error.Split('\n'),
            line => line.StartsWith("fptrace: without the cache: ", StringComparison.Ordinal));
        Assert.Contains(words, line, StringComparison.Ordinal);
        Assert.Equal(3, result.Error.Count(c => c == '\n'));
        Assert.True(File.Exists(_run.At("made")));
        CachedRun.AssertSkipped(_run.Run("touch", "made"));
    }

    [SkippableFact]
    public void Store_OfAnotherVersion_OursStandsBesideItAndHits()
    {
        CommandRunner.Run("/",
            ["sh", "-c", "mkdir -m 700 $1; echo 'fptrace-cache 99' > $1/fptrace-cache", "sh", _run.Store]);
        CachedRun.AssertRan(_run.Run("touch", "made"));
        File.Delete(_run.At("made"));

        CachedRun.AssertHit(_run.Run("touch", "made"));
    }

    [SkippableTheory]
    [InlineData("-u", "HOME", "-u", "XDG_CACHE_HOME")]
    [InlineData("-u", "HOME", "XDG_CACHE_HOME=relative")]
    [InlineData("HOME=relative", "XDG_CACHE_HOME=")]
    public void Store_WithoutAHome_TheCommandRunsWithout(params string[] environment)
    {
        CommandResult result = CommandRunner.Run(_run.Root,
            ["env", .. environment, .. FptraceExecutable.Command, "run", "--root", _run.Root, "--cache", "--",
            "touch", "made"]);

        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {result.Error}");
        Assert.Contains(
            "fptrace: without the cache: no directory for the cache: HOME is not set; name one with --cache=DIR\n",
            result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_run.At("made")));
        Assert.False(Directory.Exists(_run.At("relative")));
    }

    [SkippableFact]
    public void Store_LeftByRoot_AUsersCommandRunsWithoutAndTheRemedyIsSaid()
    {
        Requires.Program("setpriv");
        Requires.That(Environment.IsPrivilegedProcess, "needs root to become another user");
        Directory.CreateDirectory(_run.Store,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        CommandResult result = CommandRunner.Run(_run.Root,
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. _run.Prefix, "--", "touch", "made"]);

        Requires.That(result.ExitCode is not (ExitCodes.TracingDenied or 126),
            $"needs tracing by another user: {result.Error}");
        Assert.Contains(
            $"fptrace: without the cache: cache {_run.Store} belongs to root and cannot be opened; chown -R it to "
                + "yourself", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_run.At("made")));
    }

    public void Dispose() => _run.Dispose();
}

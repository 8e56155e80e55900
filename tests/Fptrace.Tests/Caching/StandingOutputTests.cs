using Fptrace.Engine;

namespace Fptrace.Caching;

/// <summary>A hit where something stands at an output's path: it leaves what the command would have left of that, or is
/// a miss.</summary>
public sealed class StandingOutputTests : IDisposable
{
    private const string Copy = "cat in > o";
    private readonly CachedRun _run = new();

    [SkippableFact]
    public void Hit_FileOfAnotherModeStands_RunsAndKeepsItsMode()
    {
        StoreAndRemove(Copy);
        _run.Write("o", "mine");
        File.SetUnixFileMode(_run.At("o"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        CommandResult result = _run.Run("sh", "-c", Copy);

        CachedRun.AssertRan(result);
        Assert.Contains("has another mode, which the command would have kept: o", result.Error,
            StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_run.At("o")));

        // That mode came from the file, and is none that a new one gets.
        File.Delete(_run.At("o"));
        CachedRun.AssertRan(_run.Run("sh", "-c", Copy));
        File.Delete(_run.At("o"));
        CachedRun.AssertHit(_run.Run("sh", "-c", Copy));
    }

    [SkippableTheory]
    [InlineData("echo mine > keep; ln keep o", "has other names")]
    [InlineData("echo mine > keep; ln -s keep o", "is no plain file")]
    public void Hit_AnotherNameOfAFileStands_RunsAndWritesIntoThat(string stands, string reason)
    {
        StoreAndRemove(Copy);
        Shell(stands);

        CommandResult result = _run.Run("sh", "-c", Copy);

        CachedRun.AssertRan(result);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal("in", File.ReadAllText(_run.At("keep")));
    }

    [SkippableTheory]
    [InlineData(Copy, "mkdir o", "is a directory, and the command would have failed at it")]
    [InlineData("mkdir -p t/d; cat in > t/f; mv -T t o", "echo mine > o", "o")]
    public void Hit_TheCommandWouldFailAtWhatStands_FailsAndLeavesIt(string command, string stands, string reason)
    {
        StoreAndRemove(command);
        Shell(stands);

        CommandResult result = _run.Run("sh", "-c", command);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(stands.StartsWith("mkdir", StringComparison.Ordinal), Directory.Exists(_run.At("o")));
    }

    [SkippableFact]
    public void Hit_FileStandsWhereADirectoryWasRemoved_RunsAndLeavesIt()
    {
        Shell("mkdir o");
        _run.Write("in", "in");
        CachedRun.AssertRan(_run.Run("sh", "-c", "rmdir o; cat in > r"));
        File.Delete(_run.At("r"));
        _run.Write("o", "mine");

        CachedRun.AssertRan(_run.Run("sh", "-c", "rmdir o; cat in > r"));
        Assert.Equal("mine", File.ReadAllText(_run.At("o")));
    }

    [SkippableFact]
    public void Check_DirectoryThatCouldNotBeExecutedBecomesAProgram_RunsAgain()
    {
        const string Command = "./tool; true";
        Directory.CreateDirectory(_run.At("tool"));
        CachedRun.AssertRan(_run.Run("sh", "-c", Command));
        Directory.Delete(_run.At("tool"));
        _run.Write("tool", "#!/bin/sh\necho works\n");
        File.SetUnixFileMode(_run.At("tool"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Contains("works", _run.Run("sh", "-c", Command).Output, StringComparison.Ordinal);
    }

    public void Dispose() => _run.Dispose();

    private void StoreAndRemove(string command)
    {
        _run.Write("in", "in");
        CachedRun.AssertRan(_run.Run("sh", "-c", command));
        Shell("rm -rf o");
    }

    private void Shell(string commands) =>
        Assert.Equal(0, CommandRunner.Run(_run.Root, ["sh", "-c", commands]).ExitCode);
}

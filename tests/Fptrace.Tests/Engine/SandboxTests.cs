using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Where something is denied, the next best is taken, or the denial is said in one line.</summary>
public sealed class SandboxTests
{
    [SkippableTheory]
    [InlineData("listener", "ptrace")]
    [InlineData("deny-seccomp", "syscall")]
    [InlineData("kill-seccomp", "syscall")]
    [InlineData("deny-memory", "notify")]
    public void Sandbox_LeavesAnEngine(string sandbox, string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        TracedRun run = TracedRun.With(directory, "auto", [], ["cat", "input"], TestPrograms.Path("sandbox"), sandbox);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        run.Succeeded();
        Assert.Equal(engine, run.Trace.Engine);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(["input"], run.Short(run.Record("cat").OwnInputs));
    }

    [SkippableTheory]
    [InlineData("deny-ptrace", "auto")]
    [InlineData("listener", "notify")]
    [InlineData("deny-seccomp", "ptrace")]
    [InlineData("kill-seccomp", "notify")]
    public void Denial_IsOneLineAndItsExitCode(string sandbox, string engine)
    {
        using var directory = new WorkDirectory();
        CommandResult result = Run(directory, sandbox, engine, [], "touch", "marker");
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        Assert.Equal((ExitCodes.TracingDenied, ""), (result.ExitCode, result.Output));
        Assert.Matches("^fptrace: [^\n]+\n$", result.Error);
        Assert.False(File.Exists(directory.Path("marker")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Results));
    }

    [SkippableTheory]
    [InlineData("wait", "exit 3", 3)]
    [InlineData("wait", "kill -TERM $$", 143)]
    [InlineData("linger", "exit 3", 3)]
    [InlineData("linger", "kill -TERM $$", 143)]
    public void UntracedFallback_RunsTheCommandAndWritesNothing(string survivors, string script, int status)
    {
        using var directory = new WorkDirectory();
        CommandResult result = Run(directory, "deny-ptrace", "auto", ["--untraced-fallback", "--survivors", survivors], "sh", "-c", "cat; echo text; " + script);
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        Assert.Equal((status, "text\n"), (result.ExitCode, result.Output));
        Assert.Matches("^fptrace: the command runs untraced[^\n]+\n$", result.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Results));
    }

    [SkippableFact]
    public void UntracedFallback_UnderAnotherTracer_RunsTheCommand()
    {
        Requires.Program("strace");
        using var directory = new WorkDirectory();
        CommandResult result = CommandRunner.Run(directory.Work, ["strace", "-f", "-o", "/dev/null", .. TracedRun.CommandLine(directory, "auto", ["--untraced-fallback"], ["sh", "-c", "exit 3"])]);
        Assert.Equal(3, result.ExitCode);
        Assert.Matches("^fptrace: the command runs untraced[^\n]+\n$", result.Error);
    }

    private static CommandResult Run(WorkDirectory directory, string sandbox, string engine, IReadOnlyList<string> options, params IReadOnlyList<string> command) =>
        CommandRunner.Run(directory.Work, [TestPrograms.Path("sandbox"), sandbox, .. TracedRun.CommandLine(directory, engine, options, command)]);
}

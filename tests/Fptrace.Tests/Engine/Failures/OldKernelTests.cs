using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine.Failures;

/// <summary>What a kernel from before Linux 5.5 lacks: another way is taken, or one line says so before the command
/// starts.</summary>
public sealed class OldKernelTests : IDisposable
{
    private const string Script = "cat input > output; mkdir d; mv output d; (cd d; ln -s output link; cat link)";

    // From Linux 5.0 on there are notifications, and before 5.5 no answer by which a call goes on.
    private static readonly InjectedFault s_noContinue = new("continue", "1+", errno.EINVAL);

    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // Without what it lacks, and without every call that is newer.
    private static readonly string[] s_linux50 = [TestPrograms.Path("sandbox"), "linux-5.0"];

    [SkippableFact]
    public void NoAnswerThatLetsACallGoOn_AutoTakesPtrace()
    {
        _directory.Write("input", "text\n");
        TracedRun run = TracedRun.Of(_directory, Run("auto", "sh", "-c", Script)).Succeeded();
        Assert.Equal("", run.Result.Error);
        Assert.Equal("ptrace", run.Trace.Engine);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(Records("notify", []), Records(run));
    }

    [SkippableTheory]
    [AllEngines]
    public void NoNewerCalls_TheRecordsAreTheSame(string engine) =>
        Assert.Equal(Records(engine, []), Records(engine, s_linux50));

    [SkippableFact]
    public void NoAnswerThatLetsACallGoOn_NotifyIsRefusedBeforeTheCommandStarts()
    {
        CommandResult result = Run("notify", "touch", "marker");
        AssertRefused(
            "fptrace: the engine notify cannot be had: it needs Linux 5.5, for this kernel cannot let a call go on "
                + "after a notification; leave --engine out to take the best that works\n",
            result);
    }

    /// <summary>Nothing but the command's own end ends it, and nobody is left behind.</summary>
    [SkippableFact]
    public void NoAnswerThatLetsACallGoOn_TheEndIsTheCommands()
    {
        CommandResult result = Run("auto", "sh", "-c", "echo text; exit 3");
        Assert.Equal((3, "text\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    /// <summary>PTRACE_GET_SYSCALL_INFO came with Linux 5.3. gVisor has none.</summary>
    [SkippableTheory]
    [AllEngines]
    public void NoNewsOfSystemCalls_IsRefusedBeforeTheCommandStarts(string engine)
    {
        CommandResult result = Run(new InjectedFault("syscall-info", "1+", errno.EIO), engine, [], "touch", "marker");
        AssertRefused(
            "fptrace: tracing needs Linux 5.3: PTRACE_GET_SYSCALL_INFO, which tells a tracee's system calls, is denied "
                + "(Input/output error), as by older kernels and by gVisor\n",
            result);
    }

    [SkippableFact]
    public void NoNewsOfSystemCalls_UntracedFallbackRunsTheCommand()
    {
        CommandResult result = Run(new InjectedFault("syscall-info", "1+", errno.EIO), "auto",
            ["--untraced-fallback"], "sh", "-c", "echo text; exit 3");
        Assert.Equal((3, "text\n"), (result.ExitCode, result.Output));
        Assert.Matches("^fptrace: the command runs untraced[^\n]+\n$", result.Error);
    }

    /// <summary>The command <c>touch marker</c> has not begun, and there is no output.</summary>
    private void AssertRefused(string line, CommandResult result)
    {
        Assert.Equal((ExitCodes.TracingDenied, "", line), (result.ExitCode, result.Output, result.Error));
        Assert.False(File.Exists(_directory.Path("marker")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Results));
    }

    private static IReadOnlyList<string> Records(string engine, string[] around)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        TracedRun run = TracedRun.With(directory, engine, [], ["sh", "-c", Script], around);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        Assert.True(run.Succeeded().Trace.IsComplete, run.Trace.Verdict);
        return Records(run);
    }

    private static IReadOnlyList<string> Records(TracedRun run) =>
        [.. run.OwnAccesses.Order(StringComparer.Ordinal)];

    // The tool itself was told that its kernel is old.
    private CommandResult Run(string engine, params IReadOnlyList<string> command) =>
        Run(s_noContinue, engine, [], command);

    private CommandResult Run(InjectedFault lack, string engine, IReadOnlyList<string> options,
        params IReadOnlyList<string> command)
    {
        CommandResult result = CommandRunner.Run(_directory.Work,
            [.. lack.Around(_directory), .. s_linux50,
                .. TracedRun.CommandLine(_directory, engine, options, command)]);
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs ptrace and seccomp");
        (int fitted, int failed) = InjectedFault.Count(_directory);
        Assert.NotEqual(0, failed);
        Assert.Equal(fitted, failed);
        return result;
    }
}

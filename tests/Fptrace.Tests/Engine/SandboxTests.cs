using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Where something is denied, the next best is taken, or the denial is said in one line.</summary>
public sealed class SandboxTests
{
    [SkippableTheory]
    [InlineData("listener", "ptrace")]
    [InlineData("deny-seccomp", "syscall")]
    [InlineData("kill-seccomp", "syscall")]
    [InlineData("deny-memory", "best")]
    public void Sandbox_LeavesAnEngine(string sandbox, string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        TracedRun run = TracedRun.With(directory, "auto", [], ["cat", "input"], TestPrograms.Path("sandbox"), sandbox);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        run.Succeeded();
        Assert.Equal(engine == "best" ? Engines.Best : engine, run.Trace.Engine);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(["input"], run.Short(run.Record("cat").OwnInputs));
    }

    [SkippableTheory]
    [AllEngines]
    public void WithoutAnyOtherWayToTheMemory_PtraceReadsIt(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        IReadOnlyList<string> around =
            [.. new InjectedFault("pread-proc", "1+", Linux.Headers.errno.EPERM).Around(directory),
                TestPrograms.Path("sandbox"), "deny-memory"];
        TracedRun run = TracedRun.With(directory, engine, [], ["cat", "input"], around);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs seccomp and ptrace");
        Assert.Equal("text\n", run.Succeeded().Result.Output);
        Assert.Equal(["input"], run.Short(run.Record("cat").OwnInputs));
    }

    /// <summary>As in a container: root has not all capabilities, and the command becomes another user (gosu,
    /// su).</summary>
    [SkippableTheory]
    [AllEngines]
    public void CommandThatBecomesAnotherUser_WithoutCapSysPtrace_IsReadByPtrace(string engine)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        _ = CommandRunner.Run("/", ["chmod", "-R", "a+rX", Path.GetDirectoryName(directory.Work)!]);
        string[] user = ["setpriv", "--reuid", "64321", "--regid", "64321", "--clear-groups"];
        TracedRun run = TracedRun.With(
            directory,
            engine,
            [],
            [.. user, "sh", "-c", "cat \"$1\"; true", "sh", directory.Path("input")],
            "setpriv", "--bounding-set=-sys_ptrace,-sys_admin", "--inh-caps=-all");
        Assert.Equal((0, "text\n"), (run.Result.ExitCode, run.Result.Output));
        Assert.DoesNotContain(run.Deps, record => record.Path.Length == 0 || record.Arguments.Count == 0);
        Assert.Contains(directory.Path("input"), run.Record("cat").OwnInputs);

        // Right after setuid nothing reads its memory, and its working directory is closed to us to the end.
        Assert.False(run.Trace.IsComplete);
        Assert.DoesNotContain("internal", run.Trace.Verdict, StringComparison.Ordinal);
        Assert.Contains("give fptrace CAP_SYS_PTRACE", run.Result.Error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void WithoutStatx_FilesAreFoundAllTheSame(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        TracedRun run = TracedRun.With(directory, engine, [], ["cat", "input"], TestPrograms.Path("sandbox"),
            "deny-statx");
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        Assert.Equal("text\n", run.Succeeded().Result.Output);
        Assert.Equal(["input"], run.Short(run.Record("cat").OwnInputs));
    }

    [SkippableTheory]
    [AllEngines]
    public void WithoutKcmp_StandardStreamsAreToldByTheirPlace(string engine)
    {
        // Its own input once more from the beginning, its own output opened otherwise, and what is nobody's but the
        // command's.
        const string Script =
            "cat; cat < in; cat < in 1>&2; echo a; echo b >> out; echo c > own; cat <&3 3< own; exec 4<&0; cat <&4";
        string[] around = ["sh", "-c", "exec \"$@\" < in > out 2> errors", "sh"];
        Assert.Equal(Streams(engine, Script, around),
            Streams(engine, Script, [TestPrograms.Path("sandbox"), "deny-kcmp", .. around]));
    }

    [SkippableTheory]
    [AllEngines]
    public void WithoutKcmp_AStreamThatLooksLikeAFileOfTheCommand_IsAReason(string engine)
    {
        using var directory = new WorkDirectory();
        string[] around = [TestPrograms.Path("sandbox"), "deny-kcmp", "sh", "-c", "exec \"$@\" < /dev/null", "sh"];
        TracedRun told = TracedRun.With(directory, engine, [], ["sh", "-c", "cat"], around).Succeeded();
        Assert.Equal("/dev/stdin", told.Record("cat").Descriptors["0"]);
        Assert.True(told.Trace.IsComplete, told.Trace.Verdict);
        TracedRun untold = TracedRun.With(directory, engine, [], ["sh", "-c", "cat < /dev/null"], around).Succeeded();
        Assert.False(untold.Trace.IsComplete);
        Assert.Contains("kcmp is denied", untold.Trace.Verdict, StringComparison.Ordinal);
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
        CommandResult result = Run(directory, "deny-ptrace", "auto", ["--untraced-fallback", "--survivors", survivors],
            "sh", "-c", "cat; echo text; " + script);
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
        CommandResult result = CommandRunner.Run(directory.Work,
            ["strace", "-f", "-o", "/dev/null",
            .. TracedRun.CommandLine(directory, "auto", ["--untraced-fallback"], ["sh", "-c", "exit 3"])]);
        Assert.Equal(3, result.ExitCode);
        Assert.Matches("^fptrace: the command runs untraced[^\n]+\n$", result.Error);
    }

    private static List<string> Streams(string engine, string script, string[] around)
    {
        using var directory = new WorkDirectory();
        directory.Write("in", "text\n");
        TracedRun run = TracedRun.With(directory, engine, [], ["sh", "-c", script], around);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        run.Succeeded();
        return
        [
            .. run.Deps.OrderBy(record => record.Id)
                .SelectMany(record => record.Descriptors.Select(fd => $"{record.Id} {fd.Key}={run.Short(fd.Value)}")),
            .. run.OwnAccesses,
            .. run.Trace.Accesses.Where(access => access.Path.StartsWith("/dev/std", StringComparison.Ordinal))
                .Select(access => $"{access.Execution} {access.Kind} {access.Path}"),
        ];
    }

    private static CommandResult Run(WorkDirectory directory, string sandbox, string engine,
        IReadOnlyList<string> options, params IReadOnlyList<string> command) =>
        CommandRunner.Run(directory.Work,
            [TestPrograms.Path("sandbox"), sandbox, .. TracedRun.CommandLine(directory, engine, options, command)]);

    /// <summary>The tool is in the mount namespace too: else it would be another one's mounts.</summary>
    [SkippableTheory]
    [InlineData("mount -t tmpfs none d && echo text > d/f", true)]
    [InlineData("mount -t proc proc d && cat d/uptime > /dev/null", true)]
    [InlineData("mount -t sysfs sysfs d && ls d > /dev/null", true)]
    [InlineData("mount -t proc proc d && cat d/uptime > /dev/null && umount d", true)]
    [InlineData("mount -t tmpfs none d && mount -t tmpfs none d && echo text > d/f && umount d && umount d", true)]
    [InlineData("mount -t tmpfs none d && umount -l d", false)]
    [InlineData("mount -t tmpfs none d && umount d && mount --bind / d && umount d", false)]
    [InlineData("echo text > d/f && mount -t tmpfs none d", false)]
    [InlineData("mount --bind / d", false)]
    public void MountOverAnEmptyDirectory_LeavesTheTraceComplete(string script, bool isComplete)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make mounts of its own");
        using var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("d"));
        TracedRun run = TracedRun.With(directory, "auto", [], ["sh", "-c", script], "unshare", "-m").Succeeded();
        Assert.Equal(isComplete, run.Trace.IsComplete);
    }

    /// <summary>Each file system that stands there has files of its own.</summary>
    [SkippableFact]
    public void UnmountedDirectory_HasOtherFilesThanBefore()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make mounts of its own");
        using var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("d"));
        const string Script = "mount -t tmpfs none d; echo a > d/f; read x < d/f; umount d; echo b > d/f; read x < d/f";
        TracedRun run = TracedRun.With(directory, "auto", [], ["sh", "-c", Script], "unshare", "-m").Succeeded();
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        Assert.Equal(["1 create d/f", "1 read d/f", "1 create d/f", "1 read d/f"],
            run.OwnAccesses.Where(access => access.EndsWith(" d/f", StringComparison.Ordinal)));
    }
}

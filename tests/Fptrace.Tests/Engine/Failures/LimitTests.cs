using Fptrace.Support;

namespace Fptrace.Engine.Failures;

/// <summary>Where the machine gives too little, one line says what to raise, and nothing hangs.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [InlineData("-n", 4)]
    [InlineData("-n", 6)]
    [InlineData("-n", 8)]
    [InlineData("-n", 9)]
    // With fewer addresses than the executable has itself, the kernel kills it.
    [InlineData("-v", 12_000)]
    [InlineData("-v", 60_000)]
    [InlineData("-d", 4_000)]
    [InlineData("-d", 11_150)]
    [InlineData("-d", 16_000)]
    [InlineData("-d", 24_000)]
    public void ToolThatGetsTooLittle_SaysSoInOneLine(string limit, int value)
    {
        Skip.IfNot(FptraceExecutable.IsNative, "an installed runtime wants more, and says so in its own words");
        AssertToldOrRan(
            CommandRunner.Run(_directory.Work,
                ["sh", "-c", $"ulimit {limit} {value}; exec \"$@\"", "sh", .. FptraceExecutable.Command, "-o",
                "trace.json", "true"]), limit);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(12)]
    public void ToolThatGetsTooFewProcesses_SaysSoInOneLine(int most)
    {
        Skip.IfNot(FptraceExecutable.IsNative, "an installed runtime wants more, and says so in its own words");
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        string[] nobody = ["setpriv", "--reuid", "64323", "--regid", "64323", "--clear-groups"];
        AssertToldOrRan(
            CommandRunner.Run("/",
                [.. nobody, "bash", "-c", $"ulimit -u {most}; exec \"$@\"", "sh", .. FptraceExecutable.Command, "-d",
                "/dev/null", "true"]), "-u");
    }

    [SkippableTheory]
    [InlineData("-n", 4)]
    [InlineData("-n", 8)]
    public void SkipThatGetsTooLittle_SaysSoInOneLine(string limit, int value)
    {
        Skip.IfNot(FptraceExecutable.IsNative, "an installed runtime wants more, and says so in its own words");
        AssertToldOrRan(
            CommandRunner.Run(_directory.Work,
                ["sh", "-c", $"ulimit {limit} {value}; exec \"$@\"", "sh", .. FptraceExecutable.Command, "run", "-q",
                "true"]), limit);
    }

    /// <summary>A long trace in a small memory: the command runs to its end, and the trace says where it
    /// ends.</summary>
    [SkippableFact]
    public void TraceThatOutgrowsItsMemory_LetsTheCommandRunOn()
    {
        Skip.IfNot(FptraceExecutable.IsNative, "an installed runtime wants more, and says so in its own words");
        CommandResult result = CommandRunner.Run(
            _directory.Work,
            ["sh", "-c", "ulimit -d 64000; exec \"$@\"", "sh", .. FptraceExecutable.Command, "--probes", "-d",
                "deps.json", TestPrograms.Path("many"), "300000"]);
        Assert.Equal((0, "300000\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("fptrace: the trace is incomplete: memory: no memory is left for more", result.Error,
            StringComparison.Ordinal);
        Assert.Contains("ulimit -d, now 64000", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [SkippableTheory]
    [InlineData("true", "")]
    [InlineData("ln -s self /proc/self", " (Too many levels of symbolic links)")]
    [InlineData("touch /proc/self", " (Not a directory)")]
    public void WithoutProc_ItIsSaidInOneLine(string make, string reason)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make mounts of its own");
        Requires.Program("unshare");
        CommandResult result = CommandRunner.Run("/",
            ["unshare", "-m", "sh", "-c", $"mount -t tmpfs none /proc && {make} && exec \"$@\"", "sh",
            .. FptraceExecutable.Command, "-o", "/dev/null", "true"]);
        Skip.IfNot(FptraceExecutable.IsNative, "an installed runtime does not start without /proc");
        Assert.Equal((ExitCodes.TracingDenied, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            $"fptrace: /proc does not show this process{reason}: mount it (mount -t proc proc /proc), in a new PID "
                + "namespace anew\n", result.Error);
    }

    /// <summary>Our number for a process means another one in that /proc, or none.</summary>
    [SkippableTheory]
    [InlineData("-o", "/dev/null")]
    [InlineData("run", "--manifest", "m")]
    public void ProcOfAnotherPidNamespace_IsRefusedInOneLine(params string[] words)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make a PID namespace");
        Requires.Program("unshare");
        CommandResult result = CommandRunner.Run(
            _directory.Work,
            ["unshare", "-p", "-f", .. FptraceExecutable.Command, .. words, "touch", "started"]);
        Assert.Equal((ExitCodes.TracingDenied, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            "fptrace: /proc is that of another PID namespace: mount this one's (mount -t proc proc /proc)\n",
            result.Error);
        Assert.False(File.Exists(_directory.Path("started")));
    }

    [SkippableTheory]
    [InlineData("run", "--manifest", "m", "true")]
    [InlineData("check", "m")]
    [InlineData("list")]
    public void VerbInADirectoryThatIsGone_NeverEndsInAStackTrace(params string[] words)
    {
        CommandResult result = CommandRunner.Run(
            _directory.Work,
            ["sh", "-c", "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"", "sh",
            .. FptraceExecutable.Command, .. words]);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("report it", result.Error, StringComparison.Ordinal);
        Assert.InRange(result.ExitCode, 0, 127);
    }

    private static void AssertToldOrRan(CommandResult result, string limit)
    {
        if (result.ExitCode == 0)
        {
            Assert.DoesNotContain("cannot", result.Error, StringComparison.Ordinal);
            return;
        }

        Assert.Contains(result.ExitCode, (int[])[ExitCodes.Output, ExitCodes.Internal, ExitCodes.TracingDenied]);
        Assert.StartsWith("fptrace: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
        Assert.Contains(limit, result.Error, StringComparison.Ordinal);
    }
}

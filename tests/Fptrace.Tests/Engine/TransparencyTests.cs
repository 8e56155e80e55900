using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A command finds the world as it would without a tracer.</summary>
public sealed class TransparencyTests
{
    [SkippableTheory]
    [AllEngines("exec \"$@\"")]
    [AllEngines("trap '' INT; exec \"$@\"")]
    [AllEngines("trap '' HUP QUIT; exec \"$@\"")]
    [AllEngines("exec \"$@\" <&-")]
    [AllEngines("exec \"$@\" 2>&-")]
    [AllEngines("exec \"$@\" 7</dev/null")]
    [AllEngines("exec \"$@\" 3>&1 9</dev/null")]
    [AllEngines("ulimit -n 512; exec \"$@\"")]
    [AllEngines("umask 077; exec \"$@\"")]
    [AllEngines("exec nice -n 5 \"$@\"")]
    [AllEngines("exec env --ignore-signal=USR1 --block-signal=USR2,CHLD \"$@\"")]
    [AllEngines("exec env -i \"$@\"")]
    [AllEngines("exec env 'A=line\nline' EMPTY= \"$@\"")]
    [AllEngines("exec \"$@\" </dev/null >&2 2>/dev/null")]
    [AllEngines("cd /; exec \"$@\"")]
    [AllEngines("exec taskset 1 \"$@\"")]
    public void State_IsTheSame(string engine, string around)
    {
        if (around.Contains("taskset", StringComparison.Ordinal))
        {
            Requires.Program("taskset");
        }

        AssertSame(engine, state => ["sh", "-c", around, "sh", .. state]);
    }

    /// <summary>What an installed runtime overwrites before it lets us see it.</summary>
    [SkippableTheory]
    [AllEngines("trap '' PIPE TERM CHLD; exec \"$@\"")]
    [AllEngines("ulimit -S -n 512; ulimit -c 0; exec \"$@\"")]
    public void StateThatTheRuntimeChanges_IsTheSameUnderTheNativeExecutable(string engine, string around)
    {
        Skip.IfNot(FptraceExecutable.IsNative, "needs the native executable (FPTRACE_UNDER_TEST)");
        AssertSame(engine, state => ["sh", "-c", around, "sh", .. state]);
    }

    [SkippableTheory]
    [AllEngines]
    public void State_AtATerminal_IsTheSame(string engine)
    {
        Requires.Program("script");

        // The shell stays, so that the group has the same leader with and without a tracer.
        AssertSame(engine, state => ["script", "-qec", string.Join(' ', state) + "; :", "/dev/null"]);
    }

    [SkippableTheory]
    [AllEngines]
    public void State_OfAnOrdinaryUser_IsTheSame(string engine)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        Requires.Program("setpriv");
        AssertSame(engine, state => [.. UnprivilegedTests.Launcher, .. state]);
    }

    /// <summary>While one program runs after the other the tracer keeps them on one processor; whoever asks finds those
    /// that it has.</summary>
    [SkippableTheory]
    [AllEngines("exec \"$@\"")]
    [AllEngines("\"$@\"")]
    [AllEngines("nproc; \"$@\"")]
    [AllEngines("exec taskset 1 \"$@\"")]
    [AllEngines("taskset -p 1 $$ >/dev/null; \"$@\"")]
    [AllEngines("taskset -p 1 $$ >/dev/null; i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done; \"$@\"")]
    public void State_AfterManyProgramsInTurn_IsTheSame(string engine, string then)
    {
        if (then.Contains("taskset", StringComparison.Ordinal))
        {
            Requires.Program("taskset");
        }

        string program = TestPrograms.Path("state");
        Requires.Program("nproc");
        string script = "i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done; " + then;
        AssertSame(engine, ["sh", "-c", script, "sh", program], state => state);
    }

    private static void AssertSame(string engine, Func<IReadOnlyList<string>, IReadOnlyList<string>> around) =>
        AssertSame(engine, [TestPrograms.Path("state"), "one", "two"], around);

    private static void AssertSame(string engine, IReadOnlyList<string> command,
        Func<IReadOnlyList<string>, IReadOnlyList<string>> around)
    {
        using var directory = new WorkDirectory();
        CommandResult alone = Run(directory, around(command));
        CommandResult traced = Run(directory, around(TracedRun.CommandLine(directory, engine, [], [.. command])));
        Requires.That(traced.ExitCode != ExitCodes.TracingDenied, $"needs the engine {engine}: {traced.Error}");
        Assert.Equal(alone.Output, traced.Output);
        Assert.Equal((alone.ExitCode, alone.Error), (traced.ExitCode, traced.Error));
        Assert.NotEmpty(alone.Output + alone.Error);
    }

    private static CommandResult Run(WorkDirectory directory, IReadOnlyList<string> command)
    {
        CommandResult result = CommandRunner.Run(directory.Work, command);
        return result with { Output = Compared(result.Output), Error = Compared(result.Error) };
    }

    private static string Compared(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !IsIncidental(line)));

    // A shell's _ names the word that it started, and that is the tracer. The runtime of the tests reads in /sys with a
    // descriptor that a command may inherit when it is started in that moment.
    private static bool IsIncidental(string line) =>
        line.StartsWith("report ", StringComparison.Ordinal)
        || line.StartsWith("env _=", StringComparison.Ordinal)
        || (line.StartsWith("fd ", StringComparison.Ordinal)
            && line.Contains(" /sys/devices/", StringComparison.Ordinal));
}

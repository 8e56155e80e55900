using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine.Failures;

/// <summary>
/// Whatever call of ours fails: the command does what it would have done and the trace is the same, or says that it may
/// not be; or the tool ends with one line and a code of its own.
/// </summary>
/// <remarks><c>FPTRACE_INJECT=all</c> lets each call fail at more places, under every engine.</remarks>
public sealed class InjectionTests
{
    private const int ECHILD = 10;
    private const string Script =
        "exec 2>/dev/null; read x < in; echo \"$x\" | cat; cat in > out; mv out moved; mkdir d; (cd d; cat ../in > "
            + "copy; ln -s copy link; cat link); "
        + "chmod 600 moved; rm -f moved; test -e nothing; sh -c 'kill -TERM $$'; cat < in > last; exit 3";

    private static readonly bool s_all = Environment.GetEnvironmentVariable("FPTRACE_INJECT") == "all";

    // A call that is interrupted for ever has not failed, so EINTR does not last.
    private static readonly (string Call, int[] Errors)[] s_ofAllEngines =
    [
        ("seize", [errno.ESRCH, errno.EPERM]),
        ("interrupt", [errno.ESRCH, errno.EIO]),
        ("cont", [errno.ESRCH]),
        ("to-syscall", [errno.ESRCH]),
        ("event-message", [errno.ESRCH]),
        ("syscall-info", [errno.ESRCH, errno.EIO]),
        ("wait4", [errno.EINTR, ECHILD, errno.EINVAL]),
    ];

    private static readonly (string Call, int[] Errors)[] s_ofOne =
    [
        ("signal-info", [errno.ESRCH]),
        ("tgkill", [errno.EPERM]),
        ("read-memory", [errno.EPERM, errno.ESRCH, errno.EFAULT]),
        ("readlink", [errno.EACCES, errno.ENOMEM, errno.ENAMETOOLONG]),
        ("open-proc", [errno.EMFILE, errno.EINTR]),
        ("read-proc", [errno.EINTR, errno.ENOMEM]),
        ("list-proc", [errno.EIO]),
        ("statx", [errno.ENOMEM]),
        ("access", [errno.EIO]),
        ("receive", [errno.EINTR, errno.ENOENT, errno.ENOMEM]),
        ("send", [errno.EINTR, errno.ENOMEM]),
        ("socketpair", [errno.EMFILE]),
        ("recvmsg", [errno.EINTR, errno.ENOMEM]),
        ("sendto", [errno.EINTR, errno.ENOMEM]),
    ];

    public static TheoryData<string, string, int[]> Calls
    {
        get
        {
            var rows = new TheoryData<string, string, int[]>();
            foreach (string engine in Engines.Names)
            {
                foreach ((string call, int[] errors) in s_all || engine == Engines.Names[0]
                    ? [.. s_ofAllEngines, .. s_ofOne]
                    : s_ofAllEngines)
                {
                    rows.Add(engine, call, errors);
                }
            }

            return rows;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Calls))]
    public void FailedCall_NeverMakesAWrongTraceComplete(string engine, string call, int[] errors)
    {
        using var directory = new WorkDirectory();
        TracedRun whole = Run(directory, engine, new InjectedFault(call, "0", 0));
        Assert.True(whole.Trace.IsComplete, whole.Trace.Verdict);
        Assert.Equal((3, "text\ntext\n", ""), (whole.Result.ExitCode, whole.Result.Output, whole.Result.Error));
        IReadOnlyList<string> expected = Describe(whole.Trace);
        int count = InjectedFault.Count(directory).Fitted;
        foreach (int error in errors)
        {
            string[] moments = [.. count > 1 ? [$"{(count / 2) + 1}"] : Array.Empty<string>(),
                .. s_all ? ["2", "3", $"{count}"] : Array.Empty<string>()];
            foreach (string moment in new[] { "1" }.Concat(moments)
                .Concat(error == errno.EINTR ? Array.Empty<string>() : call == "send" ? ["1+", "2+"] : ["1+"])
                .Distinct())
            {
                Judge(directory, Run(directory, engine, new InjectedFault(call, moment, error)), expected,
                    $"{engine}: {call}, errno {error}, call {moment} of {count}");
            }
        }
    }

    /// <summary>More threads would get no more, and take the processors from those who can do something.</summary>
    [SkippableFact]
    public void NotificationThatCannotBeReceived_StartsNoMoreThreads()
    {
        const int MostThreads = 8;
        const int MostAttempts = 1100;
        using var directory = new WorkDirectory();
        TracedRun run = Run(directory, "notify", new InjectedFault("receive", "1+", errno.ENOENT));
        Assert.Equal(ExitCodes.Internal, run.Result.ExitCode);
        Assert.InRange(InjectedFault.Count(directory).Fitted, 1, MostThreads * MostAttempts);
    }

    /// <summary>The kernel tells of two children before it tells of those who made them, and the tool asks once a
    /// second.</summary>
    [SkippableFact]
    public void NewsOfChildrenBeforeTheirMakers_AskedForLate_LosesNothing()
    {
        using var directory = new WorkDirectory();
        var late = new InjectedFault("wait4", "1+", -1100);
        CommandResult result = CommandRunner.Run(directory.Work,
            [.. late.Around(directory),
            .. TracedRun.CommandLine(directory, "ptrace", [], [TestPrograms.Path("makers")])]);
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs ptrace");
        TracedRun run = TracedRun.Of(directory, result).Succeeded();
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    private static void Judge(WorkDirectory directory, TracedRun run, IReadOnlyList<string> expected, string what)
    {
        if (run.Result.ExitCode is ExitCodes.Output or ExitCodes.TracingDenied or ExitCodes.Internal)
        {
            Assert.True(System.Text.RegularExpressions.Regex.IsMatch(run.Result.Error, "^fptrace: [^\n]+\n$"),
                $"{what}: {run.Result.Error}");
            Assert.True(!Directory.EnumerateFileSystemEntries(directory.Results).Any(), what + ": an output is left");
            return;
        }

        Assert.True((run.Result.ExitCode, run.Result.Output) == (3, "text\ntext\n"), $"{what}: {run.Result}");
        Assert.True(run.Trace.IsComplete
            ? run.Result.Error.Length == 0
            : System.Text.RegularExpressions.Regex.IsMatch(run.Result.Error,
                "^(fptrace: the trace is incomplete: [^\n]+\n)+$"), $"{what}: {run.Result}");
        IReadOnlyList<string> described = Describe(run.Trace);
        Assert.True(!run.Trace.IsComplete || described.SequenceEqual(expected),
            $"{what}:\n{string.Join('\n', described.Except(expected).Concat(expected.Except(described)))}");
    }

    private static TracedRun Run(WorkDirectory directory, string engine, InjectedFault fault)
    {
        directory.Clear();
        directory.Write("in", "text\n");
        foreach (string file in Directory.EnumerateFiles(directory.Results))
        {
            File.Delete(file);
        }

        CommandResult result = CommandRunner.Run(directory.Work,
            [.. fault.Around(directory),
            .. TracedRun.CommandLine(directory, engine, ["--probes"], ["sh", "-c", Script])]);
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs ptrace");
        return TracedRun.Of(directory, result);
    }

    // What stays the same from run to run, wherever the scheduler lets one process come before another.
    private static IReadOnlyList<string> Describe(TraceFile trace) =>
    [
        .. trace.Executions.OrderBy(execution => execution.Id).SelectMany(execution => (IEnumerable<string>)
        [
            $"{execution.Id} {execution.Parent} {execution.Path} {string.Join(' ', execution.Arguments)}",
            .. execution.Accesses.Select(access => $"{execution.Id} {access.Kind} {access.Path} {access.Counterpart}")
                .Distinct().Order(StringComparer.Ordinal),
        ]),
    ];
}

using System.Net.Sockets;
using System.Text.RegularExpressions;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Support;
using Fptrace.Tracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Engine;

/// <summary>What a trace lacks, its verdict names; what loses nothing it does not mention.</summary>
public sealed partial class VerdictTests
{
    [SkippableTheory]
    [AllEngines("harmless")]
    [AllEngines("own-server")]
    [AllEngines("own-abstract")]
    [AllEngines("own-ipv4")]
    [AllEngines("own-ipv6")]
    [AllEngines("hasty")]
    [AllEngines("own-unix-client")]
    [AllEngines("own-unix-datagram")]
    [AllEngines("untraced")]
    [AllEngines("untraced3")]
    [AllEngines("io_uring")]
    [AllEngines("unknown")]
    public void WhatLosesNothing_IsComplete(string engine, string what) => AssertReasons(engine, what);

    [SkippableTheory]
    [AllEngines("connect")]
    [AllEngines("bind")]
    [AllEngines("sendto")]
    [AllEngines("sendmsg")]
    [AllEngines("sendmmsg")]
    [AllEngines("wait-for-datagram")]
    public void Network_IsAReasonOfItsOwnAndLosesNoFile(string engine, string what) =>
        AssertReasons(engine, what, "network");

    [SkippableTheory]
    [AllEngines("own-server")]
    [AllEngines("own-ipv4")]
    [AllEngines("connect", "network")]
    [AllEngines("sendto", "network")]
    [AllEngines("sendmmsg", "network")]
    [AllEngines("socketcall", "network")]
    public void SocketsOf32Bits_AreTheSame(string engine, string what, params string[] kinds)
    {
        using var directory = new WorkDirectory();
        string program = TestPrograms.Path("verdict", bits: 32);
        Skip.If(CommandRunner.Run(directory.Work, [program, what]).ExitCode is TestProgram.Unsupported or 126,
            "needs programs of 32 bits");
        directory.Clear();
        Assert.Equal(kinds, Reasons(TracedRun.Of(directory, engine, program, what).Succeeded()));
    }

    [SkippableTheory]
    [AllEngines("traceme")]
    [AllEngines("seize")]
    public void TracerInside_IsRefusedAndSaidToBe(string engine, string what)
    {
        TracedRun run = AssertReasons(engine, what, "inner-tracer");
        Assert.StartsWith("fptrace: inner-tracer: it asked to ", run.Result.Error, StringComparison.Ordinal);
        Assert.Contains("traced by fptrace already", run.Result.Error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void TracerOfTheTracer_IsRefusedAndSaidToBe(string engine)
    {
        TracedRun run = AssertReasons(engine, "tracer", "inner-tracer");
        Assert.StartsWith("fptrace: inner-tracer: it asked to trace fptrace, which was refused (", run.Result.Error,
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines("./server")]
    [AllEngines("@fptrace-test-")]
    public void ServerOutside_IsAReason(string engine, string name)
    {
        using var directory = new WorkDirectory();
        name = name[0] == '@' ? name + Path.GetRandomFileName() : name;
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : directory.Path(name)));
        server.Listen();
        TracedRun run = AssertReasons(directory, engine, name, [], "local-server");
        Assert.Contains(name[0] == '@' ? name : directory.Path("server"), run.Trace.Verdict, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void SocketFileWithoutServer_IsNone(string engine)
    {
        using var directory = new WorkDirectory();
        string path = directory.Path("stale");
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            server.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);
        AssertReasons(directory, engine, "stale", []);
    }

    [SkippableTheory]
    [AllEngines]
    public async Task ClientOutside_IsNetwork(string engine)
    {
        using var directory = new WorkDirectory();
        Task client = Task.Run(() =>
        {
            string port = directory.Path("port");
            Assert.True(SpinWait.SpinUntil(() => File.Exists(port), TimeSpan.FromSeconds(60)));
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(System.Net.IPAddress.Loopback,
                int.Parse(File.ReadAllText(port), System.Globalization.CultureInfo.InvariantCulture));
        });
        TracedRun run = AssertReasons(directory, engine, "wait-for-client", [], "network");
        await client;
        Assert.Contains("it took a connection from outside of the command", run.Trace.Verdict,
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines("wait-for-unix-client", SocketType.Stream, @"process \d+ connected to its unix socket")]
    [AllEngines("wait-for-unix-datagram", SocketType.Dgram,
        "its socket [^ ]+/meeting waits for datagrams, which it does not send itself")]
    public async Task SomebodyOutsideAtItsUnixSocket_IsAReason(string engine, string what, SocketType type,
        string detail)
    {
        using var directory = new WorkDirectory();
        Task client = Task.Run(() =>
        {
            using var socket = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
            Assert.True(SpinWait.SpinUntil(() => TryConnect(socket, directory.Path("meeting")),
                TimeSpan.FromSeconds(60)));
            socket.Send("x"u8);
        });
        TracedRun run = AssertReasons(directory, engine, what, [], "outsider");
        await client;
        Assert.Matches(detail, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void SocketFile_IsCreatedAndProbed(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = AssertReasons(directory, engine, "own-server", ["--probes"]);
        Assert.Equal(["1 create server"], run.OwnAccesses);
    }

    [SkippableTheory]
    [AllEngines]
    public void MissingSocketFile_IsAbsent(string engine)
    {
        using var directory = new WorkDirectory();
        TracedRun run = AssertReasons(directory, engine, "harmless", ["--probes"]);
        Assert.Equal(["1 absent missing"], run.OwnAccesses);
    }

    [SkippableTheory]
    [AllEngines("untraced")]
    [AllEngines("untraced3")]
    public void ChildThatWantedToBeUntraced_IsTraced(string engine, string what)
    {
        using var directory = new WorkDirectory();
        Assert.Equal(["1 create by-child"], AssertReasons(directory, engine, what, []).OwnAccesses);
    }

    [SkippableTheory]
    [AllEngines]
    public void ChildThatIsUntraced_IsAReason(string engine) => AssertReasons(engine, "escaped", "untraced-child");

    [SkippableFact]
    public void NotificationOfWhoeverIsNotTraced_IsAReason() =>
        AssertReasons("notify", "escaped-open", "untraced-child", "untraced-child");

    [SkippableTheory]
    [AllEngines]
    public void EndInsideOfAnOpenThatNamesNoFile_IsAReason(string engine) =>
        AssertReasons(engine, "cut-short", "lost-process");

    [SkippableTheory]
    [AllEngines]
    public void MountThatStandsNowhere_IsAReason(string engine) =>
        AssertReasons(engine, "detached-mount", "mount-namespace");

    /// <summary>No kernel has such a call yet.</summary>
    [Theory]
    [InlineData(0, "unknown-call")]
    [InlineData(-errno.ENOSYS)]
    public void UnknownCall_ThatSucceeds_IsAReason(long result, params string[] kinds)
    {
        var recorder = new Recorder(new Output.TraceSinks([]), new TracePlan());
        var stub = new ExecutionState(BareExecution.Of(0, 1), recorder.Forgotten);
        var handler = new SyscallHandler(recorder, new DescriptorNames(),
            new ProcessorAffinity(new TraceeTable(), new TracePlan()));
        handler.Exit(default, new Tracee(Environment.ProcessId, Environment.ProcessId, stub),
            new UnknownCall.Pending(999), result);
        Assert.Equal(kinds, recorder.Verdict.Reasons.Select(reason => reason.Kind));
    }

    [SkippableTheory]
    [AllEngines]
    public void IoUring_IsNotImplementedUnlessAllowed(string engine)
    {
        using var directory = new WorkDirectory();
        CommandResult refused = AssertReasons(directory, engine, "io_uring", []).Result;
        Assert.Equal("ENOSYS\n", refused.Output);
        Assert.Matches("^fptrace: io_uring was refused to [^\n]+/verdict [^\n]+ --allow-io-uring [^\n]+\n$",
            refused.Error);
        TracedRun allowed = TracedRun.With(directory, engine, ["--allow-io-uring"],
            [TestPrograms.Path("verdict"), "io_uring"]).Succeeded();
        Assert.Equal(allowed.Result.Output == "made\n" ? ["io-uring"] : Array.Empty<string>(), Reasons(allowed));
    }

    [SkippableTheory]
    [AllEngines]
    public void IoUring_RefusedToMany_IsSaidOnceAndUnlessQuiet(string engine)
    {
        using var directory = new WorkDirectory();
        string[] command = ["sh", "-c",
            $"{TestPrograms.Path("verdict")} io_uring; {TestPrograms.Path("verdict")} io_uring"];
        Assert.Single(TracedRun.Of(directory, engine, command).Succeeded().Result.Error.TrimEnd().Split('\n'));
        Assert.Equal("", TracedRun.With(directory, engine, ["-q"], command).Succeeded().Result.Error);
    }

    /// <summary>Another time it is refused again, and the command comes to the same.</summary>
    [SkippableFact]
    public void IoUring_RefusedUnderRun_IsSaidAndTheRunCounts()
    {
        using var scenario = new Manifests.RunScenario(TestPrograms.Path("verdict"), "io_uring");
        scenario.Run();
        Assert.Contains("fptrace: io_uring was refused to ", scenario.Last.Error, StringComparison.Ordinal);
        Assert.Equal(Manifests.RunScenario.Skipped, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("notify", "refused")]
    [InlineData("ptrace", "granted")]
    [InlineData("syscall", "granted")]
    public void ListenerInside_IsSaidWhereItIsRefusedOrHidesCalls(string engine, string answer)
    {
        using var directory = new WorkDirectory();
        directory.Write("input", "text\n");
        string program = TestPrograms.Path("listener");
        CommandResult alone = CommandRunner.Run(directory.Work, [program]);
        Requires.That((alone.ExitCode, alone.Output) == (0, "granted\n"), "needs listeners of seccomp");
        TracedRun run = TracedRun.Of(directory, engine, program).Succeeded();
        Assert.Equal(answer + "\n", run.Result.Output);
        if (engine == "syscall")
        {
            Assert.Equal(["1 read input"],
                run.OwnAccesses.Where(access => access.EndsWith("input", StringComparison.Ordinal)));
            Assert.Equal(("", true), (run.Result.Error, run.Trace.IsComplete));
            return;
        }

        Assert.Equal(["inner-listener"], Reasons(run));
        Assert.Matches("^fptrace: inner-listener: [^\n]+--engine syscall[^\n]+\n$", run.Result.Error);
    }

    [SkippableTheory]
    [AllEngines]
    public void Strace_InsideTellsWhyItFails(string engine)
    {
        Requires.Program("strace");
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "strace", "-f", "true");
        Assert.NotEqual(0, run.Result.ExitCode);
        Assert.Contains("fptrace: inner-tracer: ", run.Result.Error, StringComparison.Ordinal);
        Assert.Equal(["inner-tracer"], Reasons(run).Distinct());
    }

    private static TracedRun AssertReasons(string engine, string what, params string[] kinds)
    {
        using var directory = new WorkDirectory();
        TracedRun run = AssertReasons(directory, engine, what, [], kinds);
        _ = run.Trace;
        return run;
    }

    private static TracedRun AssertReasons(WorkDirectory directory, string engine, string what, string[] options,
        params string[] kinds)
    {
        TracedRun run = TracedRun.With(directory, engine, options, [TestPrograms.Path("verdict"), what]);
        Requires.That(run.Result.ExitCode != TestProgram.Unsupported, "needs " + what);
        run.Succeeded();
        Assert.Equal(kinds, Reasons(run));
        Assert.Equal(kinds.Length == 0, run.Trace.IsComplete);
        Assert.Contains(kinds is [] or ["network"] or ["outsider"] ? "\"allFiles\":true" : "\"allFiles\":false",
            run.Trace.Verdict, StringComparison.Ordinal);
        return run;
    }

    // It may stand there before it listens.
    private static bool TryConnect(Socket socket, string path)
    {
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string[] Reasons(TracedRun run) =>
        [.. Kind.Matches(run.Trace.Verdict).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("\"kind\":\"([^\"]+)\"")]
    private static partial Regex Kind { get; }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Supervision;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing;

/// <summary>What the engines say when they fail or lose a process, at steps where no command brings that
/// about.</summary>
public sealed class FaultTests
{
    // open(2) on x86-64.
    private const int Open = 2;

    // Of struct seccomp_notif in words: id, pid and flags, nr and arch, the address of the call.
    private const int FirstArgument = 4;
    private static readonly int s_pid = Environment.ProcessId;

    [Fact]
    public void FaultWhileANotificationIsAnswered_IsAReasonAndTheCallGoesOn()
    {
        var recorder = new Recorder(new ThrowingSink(), new TracePlan { Files = true });
        var names = new DescriptorNames();
        TraceeTable tracees = OneProcess();
        using var directory = new Engine.WorkDirectory();
        directory.Write("file", "");
        nint path = Marshal.StringToCoTaskMemUTF8(directory.Path("file"));
        seccomp_notif[] notification =
            [new() { pid = (uint)s_pid, data = new seccomp_data { nr = Open, arch = seccomp.AUDIT_ARCH_X86_64 } }];
        MemoryMarshal.Cast<seccomp_notif, ulong>(notification.AsSpan())[FirstArgument] = (ulong)path;
        var affinity = new ProcessorAffinity(tracees, new TracePlan());
        var listener = new Listener(-1);
        var loop = new NotificationLoop(listener, tracees, recorder, names, new Retries(tracees), affinity, _ => { });
        Assert.Equal(0,
            loop.Handle(new SyscallHandler(recorder, names, affinity),
            new NotificationStop(listener, notification[0])));
        Marshal.FreeCoTaskMem(path);
        Assert.Equal([(IncompleteReason.Internal, "InvalidOperationException: no")], Reasons(recorder));
    }

    [Fact]
    public void FaultAtAStopOrAnEnd_IsAReason()
    {
        (PtraceLoop loop, Recorder recorder) = Loop(new ThrowingSink());
        loop.Changed(NewChange(s_pid, new WaitStatus(0), default));
        Assert.Equal([(IncompleteReason.Internal, "InvalidOperationException: no")], Reasons(recorder));
    }

    /// <summary>Of a process that is killed at its exec event the kernel tells no more; here because it is no tracee at
    /// all.</summary>
    [Fact]
    public void ExecThatDoesNotTellWhoCalled_IsAReason()
    {
        (PtraceLoop loop, Recorder recorder) = Loop(new Output.TraceSinks([]));
        loop.Changed(
            NewChange(s_pid, new WaitStatus((ptrace.PTRACE_EVENT_EXEC << 16) | (signal.SIGTRAP << 8) | 0x7f), default));
        Assert.Equal(
            [(IncompleteReason.LostProcess, "it was killed at its exec; which of its threads called is unknown")],
            Reasons(recorder));
    }

    [Fact]
    public void ProcessWhoseEndNobodyTold_IsAReason()
    {
        (PtraceLoop loop, Recorder recorder) = Loop(new Output.TraceSinks([]));
        loop.ForgetGhosts();
        Assert.Equal([(IncompleteReason.LostProcess, "its end was not seen")], Reasons(recorder));
    }

    // Only the wait makes one.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern ThreadChange NewChange(int tid, WaitStatus status, in rusage usage);

    private static (PtraceLoop Loop, Recorder Recorder) Loop(ITraceSink sink)
    {
        TraceeTable tracees = OneProcess();
        var recorder = new Recorder(sink, new TracePlan { Files = true });
        var released = new ReleasedProcesses(0, recorder, tracees);
        using var supervisor = new Supervisor(new SupervisionOptions(), new Survivors(tracees, recorder, released));
        var loop = new PtraceLoop(
            0,
            EngineKind.Ptrace,
            new TrapTable(recorder.Plan),
            recorder,
            tracees,
            new DescriptorNames(),
            new Retries(tracees),
            new ProcessorAffinity(tracees, new TracePlan()),
            supervisor,
            released);
        return (loop, recorder);
    }

    // Ourselves.
    private static TraceeTable OneProcess()
    {
        var execution = BareExecution.Of(1, s_pid);
        var tracees = new TraceeTable();
        tracees.Add(new Tracee(s_pid, s_pid, new ExecutionState(execution, new ForgottenTrees())));
        return tracees;
    }

    private static IEnumerable<(string Kind, string Detail)> Reasons(Recorder recorder) =>
        recorder.Verdict.Reasons.Select(reason => (reason.Kind, reason.Detail));

    private sealed class ThrowingSink : ITraceSink
    {
        public void Started(Execution execution) => throw new InvalidOperationException("no");

        public void Accessed(Execution execution, in Access access) => throw new InvalidOperationException("no");

        public void Exited(Execution execution, int pid, long timeNs, int status) =>
            throw new InvalidOperationException("no");

        public void Ended(Execution execution) => throw new InvalidOperationException("no");

        public void Complete(TraceSummary summary) => throw new InvalidOperationException("no");
    }
}

using System.Runtime.InteropServices;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Handles a successful execve: the process begins a new execution. Only the ptrace thread uses it.</summary>
/// <param name="recorder">Gets the new execution.</param>
/// <param name="tracees">The table of tracees.</param>
/// <param name="names">The names of descriptors.</param>
/// <param name="handler">The handler of the ptrace thread.</param>
/// <param name="newTracees">The threads that no event has announced.</param>
/// <param name="ends">Told of a thread that the execve ended.</param>
/// <param name="hasFilter">Whether the command runs under our seccomp filter.</param>
internal sealed class ProgramStarts(
    Recorder recorder,
    TraceeTable tracees,
    DescriptorNames names,
    SyscallHandler handler,
    NewTracees newTracees,
    Ends ends,
    bool hasFilter)
{
    private readonly ProgramReader _programs = new(recorder.Plan, names);
    private readonly ProgramRights _rights = new(hasFilter);

    /// <summary>Whether the command itself runs. Before that there is only the stub.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Why the command was ended before its first instruction; null if it was not.</summary>
    public FptraceException? Denial { get; private set; }

    /// <summary>
    /// Called at PTRACE_EVENT_EXEC. Whichever thread called execve, it is now the only thread of its process, and has
    /// the number of the process.
    /// </summary>
    /// <param name="stop">The stop of the event.</param>
    /// <param name="leader">The tracee that had the number of the process until now.</param>
    /// <returns>The tracee that has it now.</returns>
    public Tracee Executed(scoped in Stop stop, Tracee leader)
    {
        int tid = stop.Tid;
        ulong? message = stop.EventMessage();
        int caller = message is { } told ? (int)told : Vanished(tid);
        Tracee old = tracees.Find(caller) ?? leader;
        Faults.Take();
        if (old.Execution.IsStub)
        {
            if (stop.GetSyscall(out _, out int error) == RequestOutcome.Denied)
            {
                // It would be so at each stop, and the trace would say next to nothing.
                Denial = new FptraceException(
                    ExitCodes.TracingDenied,
                    "tracing needs Linux 5.3: PTRACE_GET_SYSCALL_INFO, which tells a tracee's system calls, is denied ("
                        + Marshal.GetPInvokeErrorMessage(error) + "), as by older kernels and by gVisor");
                Children.Kill(tid, signal.SIGKILL);
                return leader;
            }

            HasStarted = true;
            names.LearnStandard(tid);
        }

        PendingExec exec = old.Call.Exec ?? ReadStarted(stop, isTold: message is not null, old.HidesMemory);
        if (leader != old)
        {
            ends.Replaced(leader);
        }

        ExecutionState started = recorder.Begin(
            old.Execution, tid, exec, _programs.Read(tid, exec.Path, exec.Directory, old.HasForeignRoot));
        Tracee tracee = old.Become(started, old.World.With(
            !old.HasOwnCredentials && TraceeCredentials.MayComeFromProgram(tid) ? Surroundings.OwnCredentials : 0));
        handler.NoteFaults(tracee);
        if (!old.HasNoNewPrivileges && _rights.Lost(tid, exec.Path) is { } lost)
        {
            recorder.AddReason(IncompleteReason.LostRights, tid, lost);
        }

        if (old.Tid != tid)
        {
            newTracees.Unclaimed(old);
        }

        tracees.Remove(caller);
        tracees.Add(tracee);
        recorder.Leave(old.Execution);
        if (leader != old)
        {
            recorder.Leave(leader.Execution);
        }

        return tracee;
    }

    /// <summary>
    /// Reads from the new program what execve was asked for, when the entry of the call was not seen.
    /// </summary>
    private PendingExec ReadStarted(scoped in Stop stop, bool isTold, bool hidden)
    {
        var memory = new TraceeMemory();
        memory.Attach(stop);
        PendingExec exec = isTold && stop.Stack() is { } stack
            ? InitialStack.Read(memory, stop.Tid, stack.Top, stack.PointerSize, recorder.Plan.Environment)
            : new PendingExec(default, default, [], null);
        recorder.AddReason(
            !isTold ? IncompleteReason.LostProcess : hidden ? IncompleteReason.Unreadable : IncompleteReason.Internal,
            stop.Tid,
            isTold
                ? "the call that started a program was not seen"
                : "it was killed at its exec; which of its threads called is unknown");
        return exec;
    }

    // When the process was killed at its exec event, the kernel does not tell which thread called. It is the one whose
    // old number no longer exists.
    private int Vanished(int tgid) =>
        tracees.OfProcess(tgid).FirstOrDefault(thread => thread.Tid != tgid && IsGone(thread))?.Tid ?? tgid;

    private static bool IsGone(Tracee thread) =>
        FileRights.Access(fcntl.AT_FDCWD, ProcPath.Of(thread.Tid, "stat"u8), 0) != 0;
}

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
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Handles a successful execve: the process begins a new execution.</summary>
/// <param name="recorder">Gets the new execution.</param>
/// <param name="tracees">The table of tracees.</param>
/// <param name="names">The names of descriptors.</param>
/// <param name="handler">The handler of the ptrace thread.</param>
/// <param name="away">Handles what looks up files while a remote file system is used.</param>
/// <param name="newTracees">The threads that no event has announced.</param>
/// <param name="ends">Told of a thread that the execve ended.</param>
/// <param name="rights">Tells which rights a program lost.</param>
internal sealed class ProgramStarts(
    Recorder recorder,
    TraceeTable tracees,
    DescriptorNames names,
    SyscallHandler handler,
    AwayCalls away,
    NewTracees newTracees,
    Ends ends,
    ProgramRights rights)
{
    private readonly ProgramReader _programs = new(recorder.Plan, names);

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

        // Where there is one thread, none but it can have called.
        bool isAlone = leader.Group.Count == 1 && leader.Call.Exec is not null;
        ulong? message = isAlone ? (ulong)tid : stop.EventMessage();
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
        Tracee tracee = old.Become();
        if ((old.Execution.IsStub || old.Group.HasTimedSockets) && TimedSockets.IsOpenIn(tid))
        {
            tracee.Group.TimeSockets();
        }

        Tracee? replaced = leader == old ? null : leader;
        if (replaced is not null)
        {
            ends.Replaced(replaced);
        }

        if (old.Tid != tid)
        {
            newTracees.Unclaimed(old);
        }

        tracees.Remove(old);
        tracees.Add(tracee);
        if (names.Remote.IsUsed)
        {
            ExecutionState? found = null;
            away.Begin(new AwayCall(
                tracee,
                stop.Told,
                other => found = Record(tracee, replaced, exec, other, new ProgramReader(recorder.Plan, names)),
                (scoped in _) => Begin(tracee, replaced, found!)));
        }
        else
        {
            Begin(tracee, replaced, Record(tracee, replaced, exec, handler, _programs));
        }

        return tracee;
    }

    /// <summary>Records the new execution. An away thread may call this, because it looks up files.</summary>
    private ExecutionState Record(
        Tracee tracee, Tracee? replaced, PendingExec exec, SyscallHandler handler, ProgramReader programs)
    {
        if (replaced is not null)
        {
            handler.CutShort(replaced);
        }

        int tid = tracee.Tid;
        NewProgram program = programs.Read(tid, exec.Path, exec.Directory, tracee.HasForeignRoot);
        ExecutionState started = recorder.Begin(tracee.Execution, tid, exec, program);
        if (!tracee.HasOwnCredentials && TraceeCredentials.MayComeFromProgram(tid, program.Mode))
        {
            tracee.Enter(Surroundings.OwnCredentials);
        }

        handler.NoteFaults(tracee);
        if (!tracee.HasNoNewPrivileges && rights.Lost(tid, exec.Path) is { } lost)
        {
            recorder.AddReason(IncompleteReason.LostRights, tid, lost);
        }

        return started;
    }

    /// <summary>Lets a process leave its old execution for the new one.</summary>
    private void Begin(Tracee tracee, Tracee? replaced, ExecutionState started)
    {
        ExecutionState old = tracee.Execution;
        tracee.Begin(started);
        recorder.Leave(old);
        if (replaced is not null)
        {
            recorder.Leave(replaced.Execution);
        }
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

using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Paths;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>What each system call means for the trace. The same for all engines; one for each supervising thread.</summary>
/// <remarks>
/// The class of a call (<see cref="Call"/>) handles its entry. Where its result matters it leaves a <see cref="PendingCall"/>, which
/// <see cref="Exit"/> finishes. An engine that only sees entries (notifications) lets the class look up whether the call will succeed, which
/// holds because calls that come this way change nothing.
/// </remarks>
internal sealed class SyscallHandler
{
    private const int CAP_SYS_PTRACE = 19;

    private readonly CallContext _context;

    public SyscallHandler(Recorder recorder, DescriptorNames names, Placement placement, EngineKind engine = EngineKind.Notify, bool isAway = false)
    {
        _context = new CallContext(recorder, names, placement, engine) { IsAway = isAway };
        names.Guessed = recorder.GuessStandard;
        names.Hosts.Unresolved = (tid, path) => recorder.AddReason(
            IncompleteReason.MountNamespace, tid, path + " in another mount namespace is no file whose name here is known");
    }

    // Without this capability what runs as another user is closed to us.
    private static string Remedy() => OwnProcess.HasCapability(CAP_SYS_PTRACE) ? "" : "; give fptrace CAP_SYS_PTRACE (docker run --cap-add=SYS_PTRACE)";

    private Recorder Recorder => _context.Recorder;

    /// <summary>A call whose end can be seen: <see cref="EntryAnswer.WantExit"/> may be the answer.</summary>
    /// <param name="stop">At its entry.</param>
    /// <param name="tracee">Whose call.</param>
    /// <param name="call">The call.</param>
    public EntryAnswer Enter(scoped in Stop stop, Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(stop);
        return Enter(tracee, call, seesExit: true);
    }

    /// <summary>A call whose end is not seen: <see cref="EntryAnswer.MakeAgain"/> may be the answer.</summary>
    /// <param name="stop">At its entry.</param>
    /// <param name="tracee">Whose call.</param>
    /// <param name="call">The call.</param>
    public EntryAnswer Enter(scoped in NotificationStop stop, Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(stop.Tid);
        return Enter(tracee, call, seesExit: false);
    }

    /// <summary>The first, away from the ptrace thread, which must handle the call itself where <see cref="EntryAnswer.MakeAgain"/> is the answer.</summary>
    public EntryAnswer EnterAway(Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(tracee.Tid);
        return Enter(tracee, call, seesExit: true);
    }

    private EntryAnswer Enter(Tracee tracee, in SyscallEntry call, bool seesExit)
    {
        Release(tracee);
        if (tracee.Execution.IsStub && call.Call is not ExecCall)
        {
            return EntryAnswer.Go;
        }

        Faults.Take();
        EntryAnswer answer = call.Call.Enter(_context, tracee, call, seesExit);
        if (_context.Memory.IsDenied)
        {
            tracee.HideMemory();
        }

        if (_context.Memory.IsDenied && (!seesExit || _context.IsAway))
        {
            // Nothing is recorded of it yet.
            Release(tracee);
            return EntryAnswer.MakeAgain;
        }

        NoteFaults(tracee);
        if (_context.Memory.IsDenied)
        {
            Recorder.AddReason(IncompleteReason.Unreadable, tracee.Tgid, "its memory cannot be read; what it names in its calls is unknown" + Remedy());
        }

        return answer;
    }

    /// <summary>Nothing is pending any more: the call is over, or its thread.</summary>
    /// <returns>What was pending.</returns>
    public PendingCall? Release(Tracee tracee)
    {
        // Nothing but the classes of calls makes one.
        var call = (PendingCall?)tracee.Call.Release();
        call?.Release(_context);
        return call;
    }

    /// <param name="stop">At the exit of the call that was pending.</param>
    /// <param name="tracee">Whose call.</param>
    /// <param name="call">That call.</param>
    /// <param name="result">What it returned, or −errno.</param>
    public void Exit(scoped in Stop stop, Tracee tracee, PendingCall call, long result)
    {
        _context.Memory.Attach(stop);
        Finish(tracee, call, result);
    }

    /// <summary>The same, away from the ptrace thread.</summary>
    public void ExitAway(Tracee tracee, PendingCall call, long result)
    {
        _context.Memory.Attach(tracee.Tid);
        Finish(tracee, call, result);
    }

    private void Finish(Tracee tracee, PendingCall call, long result)
    {
        Faults.Take();
        call.Finish(_context, tracee, result);
        NoteFaults(tracee);
    }

    /// <summary>A thread has ended inside of its call: by SIGKILL, or because another thread exited for all or called execve.</summary>
    /// <remarks>
    /// Such a thread makes no exit stop, and yet the call may have come true: what stands there now tells. The kernel tells of the end before
    /// anybody who waits for the process, so nobody else has gone on from there. Where nothing tells, as of the open of an existing file, it
    /// counts: a trace that holds more than there was makes nothing be skipped.
    /// </remarks>
    public void CutShort(Tracee tracee)
    {
        // What we answer ourselves is done at the exit.
        if (Release(tracee) is not { Answer: null } call)
        {
            return;
        }

        Faults.Take();
        bool? cameTrue = call.HasComeTrue();
        NoteFaults(tracee);
        if (cameTrue is { } known)
        {
            call.CutShort(_context, tracee, known);
        }
        else
        {
            Recorder.AddReason(IncompleteReason.LostProcess, tracee.Tgid, "it was ended inside of a call; which file that meant is unknown");
        }
    }

    /// <summary>Whether a call that a signal interrupted may have waited for what it is about.</summary>
    public bool MayHaveWaited(scoped in Stop stop, Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(stop);
        return call.Call.MayHaveWaited(_context, tracee, call);
    }

    /// <summary>Puts into the verdict that something could not be looked up for a tracee.</summary>
    public void NoteFaults(Tracee tracee)
    {
        if (Faults.Take() is int error and not 0)
        {
            Recorder.AddReason(
                IncompleteReason.Unreadable,
                tracee.Tgid,
                $"something that it uses could not be looked up ({Marshal.GetPInvokeErrorMessage(error)}); which files are meant is unknown{(error == errno.EACCES ? Remedy() : "")}");
        }
    }
}

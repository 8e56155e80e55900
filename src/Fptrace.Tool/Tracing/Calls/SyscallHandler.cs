using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
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

/// <summary>Handles the entries and exits of system calls, in the same way for all engines.</summary>
/// <remarks>
/// Each supervising thread has its own. The class of a call (<see cref="Call"/>) handles the entry. Where the result
/// matters, it leaves a <see cref="PendingCall"/>, which <see cref="Exit"/> finishes. A notification shows only the
/// entry, so the class looks up whether the call will succeed. That works because such calls change nothing.
/// </remarks>
internal sealed class SyscallHandler
{
    private readonly CallContext _context;
    private readonly MemoryPeek? _peek;

    /// <param name="recorder">Gets the accesses.</param>
    /// <param name="names">The names of descriptors.</param>
    /// <param name="affinity">The processor of the command.</param>
    /// <param name="engine">How tracees are stopped.</param>
    /// <param name="away">Reads memory for an away thread. Null for any other thread.</param>
    public SyscallHandler(Recorder recorder, DescriptorNames names, ProcessorAffinity affinity,
        EngineKind engine = EngineKind.Notify, MemoryPeek? away = null)
    {
        _peek = away;
        _context = new CallContext(recorder, names, affinity, engine) { IsAway = away is not null };
        names.Guessed = recorder.GuessStandard;
        names.Hosts.Unresolved = (tid, path) => recorder.AddReason(
            IncompleteReason.MountNamespace, tid,
            path + " in another mount namespace is no file whose name here is known");
    }

    // Without CAP_SYS_PTRACE the kernel denies us the memory and the links in /proc of another user's process.
    private static string Remedy() => OwnStatus.HasCapability(OwnProcess.CAP_SYS_PTRACE)
        ? ""
        : "; give fptrace CAP_SYS_PTRACE (docker run --cap-add=SYS_PTRACE)";

    private Recorder Recorder => _context.Recorder;

    /// <summary>
    /// Handles the entry of a call whose exit can be seen, so <see cref="EntryAnswer.WantExit"/> is possible.
    /// </summary>
    /// <param name="stop">The stop at its entry.</param>
    /// <param name="tracee">The caller.</param>
    /// <param name="call">The call.</param>
    public EntryAnswer Enter(scoped in Stop stop, Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(stop);
        return Enter(tracee, call, CallExit.Seen);
    }

    /// <summary>
    /// Handles the entry of a call whose exit is not seen, so <see cref="EntryAnswer.MakeAgain"/> is possible.
    /// </summary>
    /// <param name="stop">The notification.</param>
    /// <param name="tracee">The caller.</param>
    /// <param name="call">The call.</param>
    public EntryAnswer Enter(scoped in NotificationStop stop, Tracee tracee, in SyscallEntry call)
    {
        if (call.Call.Paths is not null)
        {
            _context.Names.Remote.LookForNew();
        }

        _context.Memory.Attach(stop.Tid);
        return Enter(tracee, call, CallExit.Unseen);
    }

    /// <summary>The first, away from the ptrace thread, which must handle the call itself where
    /// <see cref="EntryAnswer.MakeAgain"/> is the answer.</summary>
    public EntryAnswer EnterAway(Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(tracee.Tid, _peek);
        return Enter(tracee, call, CallExit.Seen);
    }

    /// <summary>
    /// Whether a file system that may never answer could keep waiting whoever handles the entry of a call.
    /// </summary>
    public bool MayWait(scoped in Stop stop, Tracee tracee, in SyscallEntry call)
    {
        RemoteMounts remote = _context.Names.Remote;
        if (call.Call.Paths is not { } paths)
        {
            return false;
        }

        remote.LookForNew();
        if (remote.IsUsed || !remote.Any)
        {
            return remote.IsUsed;
        }

        _context.Memory.Attach(stop);
        return IsRemote(tracee, call, paths.First, paths.Offset) || IsRemote(tracee, call, paths.Second, paths.Offset);
    }

    private bool IsRemote(Tracee tracee, in SyscallEntry call, int position, uint offset)
    {
        Span<byte> path = stackalloc byte[PathComponents.LongestPath];
        int length = position < 0 ? 0 : _context.Memory.ReadString(call.Argument(position) + offset, path);
        return length > 0 && _context.Names.Remote.MayLeadThere(tracee.Tid, path[..length]);
    }

    private EntryAnswer Enter(Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        Release(tracee);
        if (tracee.Execution.IsStub && call.Call is not ExecCall)
        {
            return EntryAnswer.Go;
        }

        Faults.Take();
        _context.IsProbeKnown = _context.IsProbeAbsent = false;
        EntryAnswer answer = call.Call.Enter(_context, tracee, call, exit);
        if (_context.Memory.IsDenied)
        {
            tracee.HideMemory();
        }

        if (_context.Memory.IsDenied && exit == CallExit.Unseen)
        {
            // Nothing of the call is recorded yet, so it can be made again.
            Release(tracee);
            return EntryAnswer.MakeAgain;
        }

        NoteFaults(tracee);
        if (_context.Memory.IsDenied)
        {
            Recorder.AddReason(IncompleteReason.Unreadable, tracee.Tgid,
                "its memory cannot be read; what it names in its calls is unknown" + Remedy());
        }

        return answer;
    }

    /// <summary>Whether another probe like the one that was just handled would record nothing.</summary>
    /// <param name="path">Its path; empty for one that names no file, which is always known.</param>
    /// <param name="isAbsent">Whether nothing was there.</param>
    /// <returns>false also for a path that another process may mean otherwise.</returns>
    public bool KnowsProbe(out ReadOnlySpan<byte> path, out bool isAbsent)
    {
        path = _context.Paths.Given;
        isAbsent = _context.IsProbeAbsent;
        return _context.IsProbeKnown && (path.IsEmpty || _context.Paths.IsForEverybody);
    }

    /// <summary>Forgets the pending call of a tracee, because the call is over, or the thread.</summary>
    /// <returns>The call that was pending.</returns>
    public PendingCall? Release(Tracee tracee)
    {
        // Only the classes of calls make pending calls.
        var call = (PendingCall?)tracee.Call.Release();
        call?.Release(_context);
        return call;
    }

    /// <summary>Handles the exit of a call.</summary>
    /// <param name="stop">The stop at its exit.</param>
    /// <param name="tracee">The caller.</param>
    /// <param name="call">The call that was pending.</param>
    /// <param name="result">What it returned, or −errno.</param>
    public void Exit(scoped in Stop stop, Tracee tracee, PendingCall call, long result)
    {
        _context.Memory.Attach(stop);
        Finish(tracee, call, result);
    }

    /// <summary>The same, away from the ptrace thread.</summary>
    public void ExitAway(Tracee tracee, PendingCall call, long result)
    {
        _context.Memory.Attach(tracee.Tid, _peek);
        Finish(tracee, call, result);
    }

    private void Finish(Tracee tracee, PendingCall call, long result)
    {
        Faults.Take();
        if (result < 0)
        {
            call.Kept?.Drop();
        }

        call.Finish(_context, tracee, result);
        NoteFaults(tracee);
    }

    /// <summary>Handles a thread that ended inside of its call.</summary>
    /// <remarks>
    /// SIGKILL, an exit_group of another thread, or its execve end a thread without an exit stop. The kernel may have
    /// done the call's work before. What exists at its paths now tells: the kernel reports the end to us before anybody
    /// who waits for the process, so nobody acts on the end earlier. Where nothing tells, as for the open of an
    /// existing file, the call counts as done: an access too many in the trace makes no step be skipped wrongly.
    /// </remarks>
    public void CutShort(Tracee tracee)
    {
        // The kernel was to skip a call that has an answer, and only the exit would have put that in.
        if (Release(tracee) is { Answer: null } call)
        {
            CutShort(tracee, call);
            Recorder.Plan.Fast?.NamesChanged(Recorder.Renames.Version);
        }
    }

    private void CutShort(Tracee tracee, PendingCall call)
    {
        Faults.Take();
        bool? cameTrue = call.HasComeTrue();
        NoteFaults(tracee);
        if (cameTrue == false)
        {
            call.Kept?.Drop();
        }

        if (cameTrue is { } known)
        {
            call.CutShort(_context, tracee, known);
        }
        else
        {
            Recorder.AddReason(IncompleteReason.LostProcess, tracee.Tgid,
                "it was ended inside of a call; which file that meant is unknown");
        }
    }

    /// <summary>
    /// Whether a call that a signal interrupted may have waited, for example for the other end of a FIFO.
    /// </summary>
    public bool MayHaveWaited(scoped in Stop stop, Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(stop);
        return call.Call.MayHaveWaited(_context, tracee, call);
    }

    /// <summary>The same away from the ptrace thread, for a call that <see cref="MayWait"/>.</summary>
    public bool MayHaveWaitedAway(Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(tracee.Tid, _peek);
        return call.Call.MayHaveWaited(_context, tracee, call);
    }

    /// <summary>The same of a call whose notification is being handled.</summary>
    public bool MayHaveWaited(Tracee tracee, in SyscallEntry call)
    {
        _context.Memory.Attach(tracee.Tid);
        return call.Call.MayHaveWaited(_context, tracee, call);
    }

    /// <summary>Adds a reason to the verdict if something could not be looked up for a tracee.</summary>
    public void NoteFaults(Tracee tracee)
    {
        if (Faults.Take() is int error and not 0)
        {
            Recorder.AddReason(
                IncompleteReason.Unreadable,
                tracee.Tgid,
                $"something that it uses could not be looked up ({Marshal.GetPInvokeErrorMessage(error)}); which "
                    + $"files are meant is unknown{(error == errno.EACCES ? Remedy() : "")}");
        }
    }
}

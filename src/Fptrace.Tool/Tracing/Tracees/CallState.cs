using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>The system call that a thread is in, or about to make.</summary>
/// <remarks>
/// The thread stands still while its call is handled, so whoever handles the call may change this. The next one to handle it
/// comes after, through the kernel. docs/architecture.md draws the states.
/// </remarks>
internal sealed class CallState
{
    private bool _isInterrupted;

    /// <summary>The call in progress whose result we wait for.</summary>
    public IPendingCall? Pending { get; private set; }

    /// <summary>How far it is made again.</summary>
    public Retrial Retrial { get; private set; }

    /// <summary>The wait that the thread goes on with. The ptrace thread's alone, like the next two.</summary>
    public ResumedWait? Wait { get; private set; }

    /// <summary>When it entered its last call, in ticks of <see cref="Stopwatch"/>, where each call stops.</summary>
    public long EnteredAt { get; private set; }

    /// <summary>What it has just opened, while each of its calls is looked at for that.</summary>
    public IFollowedDescriptor? Followed { get; private set; }

    /// <summary>The last execve that was tried; it came true when PTRACE_EVENT_EXEC says so.</summary>
    public PendingExec? Exec { get; set; }

    /// <summary>Flags of the clone in progress, if it is one of those that we watch.</summary>
    public uint CloneFlags { get; set; }

    /// <summary>Socket and address, in its memory, of the last connect or sendto that was looked at.</summary>
    public (int Socket, ulong Address) Connecting { get; set; }

    /// <summary>It must stop at the exit of this call, or at the entry to the next, whatever that is.</summary>
    public bool MustStopAgain => Pending is not null || Followed is not null || Wait is not null || Retrial != Retrial.None;

    /// <summary>Its next calls are looked at as well as those that the filter traps.</summary>
    public bool IsWatched => Followed is not null || Wait is not null;

    /// <summary>Whether a result is what the kernel has for a call that a signal interrupted, before it decides what becomes of it.</summary>
    /// <remarks>ERESTARTSYS to ERESTART_RESTARTBLOCK of its linux/errno.h.</remarks>
    public static bool IsInterruption(long result) => result is <= -512 and >= -516;

    public void NoteEntry()
    {
        if (Wait is null)
        {
            EnteredAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>The call goes on, and its result matters.</summary>
    public void Await(IPendingCall call) => Pending = call;

    /// <summary>Nothing is pending any more: the call is over, or its thread.</summary>
    /// <returns>What was pending.</returns>
    public IPendingCall? Release()
    {
        IPendingCall? call = Pending;
        Pending = null;
        return call;
    }

    /// <summary>From now on each of its calls is looked at.</summary>
    public void Follow(IFollowedDescriptor opened) => Followed = opened;

    /// <summary>It enters a call while something that it opened is followed.</summary>
    public void GoOnFollowing(Recorder recorder, int tgid, in ptrace_syscall_info entry)
    {
        if (Followed is { } followed && !followed.Follow(recorder, tgid, entry))
        {
            Followed = null;
        }
    }

    /// <summary>Its call is to be made again, under ptrace.</summary>
    public void ExpectRetrial() => Retrial = Retrial.Expected;

    /// <summary>Its call is made again now.</summary>
    public void BeginRetrial() => Retrial = Retrial.UnderWay;

    /// <summary>Nothing is made again any more.</summary>
    public void ForgetRetrial() => Retrial = Retrial.None;

    /// <summary>A call that is handled begins.</summary>
    public void Enter() => _isInterrupted = false;

    /// <summary>A call ends that may be one that was made again.</summary>
    public void Leave(long result)
    {
        if (Retrial == Retrial.UnderWay)
        {
            Retrial = Retrial.None;
            _isInterrupted = IsInterruption(result);
        }
    }

    /// <summary>Whether the signal that is about to be delivered interrupted a call that was seen to its end; says so once.</summary>
    public bool TakeInterruption()
    {
        bool was = _isInterrupted;
        _isInterrupted = false;
        return was;
    }

    /// <summary>It goes on with a wait; null: with none.</summary>
    public void GoOnWaiting(ResumedWait? wait) => Wait = wait;

    /// <summary>It waits no more, or as it would untraced.</summary>
    public void EndWait() => Wait = null;
}

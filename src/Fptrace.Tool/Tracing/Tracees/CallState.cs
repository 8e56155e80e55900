using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>The system call that a thread is in, or about to make.</summary>
/// <remarks>
/// The thread stands still while its call is handled, so whoever handles the call may change this. The next one to
/// handle a call comes later, and the kernel orders the two. docs/architecture.md draws the states.
/// </remarks>
internal sealed class CallState
{
    private bool _isInterrupted;
    private bool _isLetGo;

    // The last call whose entry was noted, and the ticks of Stopwatch then.
    private (int Number, ulong FirstArgument, long At) _entered = (-1, 0, 0);

    /// <summary>The call in progress whose exit will be handled; null for none.</summary>
    public IPendingCall? Pending { get; private set; }

    /// <summary>How far it is with a call that it makes again under ptrace.</summary>
    public Retry Retry { get; private set; }

    /// <summary>The interrupted wait that goes on. Only the ptrace thread changes it.</summary>
    public ResumedWait? Wait { get; private set; }

    /// <summary>The last call whose entry was noted; its number is −1 for none, and after a handler.</summary>
    public (int Number, ulong FirstArgument) Entered => (_entered.Number, _entered.FirstArgument);

    /// <summary>The descriptor that it has just opened, and because of which its next calls all stop.</summary>
    public IFollowedDescriptor? Followed { get; private set; }

    /// <summary>The last execve that it tried. It has succeeded when PTRACE_EVENT_EXEC says so.</summary>
    public PendingExec? Exec { get; set; }

    /// <summary>The flags of the clone in progress, if it is trapped.</summary>
    public uint CloneFlags { get; set; }

    /// <summary>The socket and the address, in its memory, of the last connect or sendto that was handled.</summary>
    public (int Socket, ulong Address) Connecting { get; set; }

    /// <summary>
    /// Whether it must stop at the exit of this call, or at the entry of the next one, whichever that is.
    /// </summary>
    public bool MustStopAgain => Pending is not null || Followed is not null || Wait is not null || Retry != Retry.None;

    /// <summary>Whether its next calls stop, even those that the filter does not trap.</summary>
    public bool IsWatched => Followed is not null || Wait is not null;

    /// <summary>Whether the kernel returns this for a call that a signal interrupted.</summary>
    /// <remarks>
    /// Inside the kernel these are ERESTARTSYS to ERESTART_RESTARTBLOCK (linux/errno.h). It turns them into EINTR or
    /// makes the call again, once it knows whether a handler runs.
    /// </remarks>
    public static bool IsInterruption(long result) => result is <= -512 and >= -516;

    /// <summary>Called at the entry of a call, unless it goes on with an interrupted wait.</summary>
    public void NoteEntry(int number, ulong firstArgument)
    {
        if (Wait is null)
        {
            _entered = (number, firstArgument, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>When it entered the call that it is in, in ticks of <see cref="Stopwatch"/>; now if that is not
    /// known.</summary>
    public long EntryOf(int number) => _entered.Number == number ? _entered.At : Stopwatch.GetTimestamp();

    /// <summary>The call goes on, and its result matters.</summary>
    public void Await(IPendingCall call) => Pending = call;

    /// <summary>Forgets the pending call, because the call is over, or the thread.</summary>
    /// <returns>The call that was pending.</returns>
    public IPendingCall? Release()
    {
        IPendingCall? call = Pending;
        Pending = null;
        return call;
    }

    /// <summary>From now on each of its calls stops, because of what it has opened.</summary>
    public void Follow(IFollowedDescriptor opened) => Followed = opened;

    /// <summary>Called at the entry of a call while a descriptor is followed.</summary>
    public void GoOnFollowing(Recorder recorder, int tgid, in ptrace_syscall_info entry)
    {
        if (Followed is { } followed && !followed.Follow(recorder, tgid, entry))
        {
            Followed = null;
        }
    }

    /// <summary>Called when the thread is to make its call again, under ptrace.</summary>
    public void ExpectRetry() => Retry = Retry.Expected;

    /// <summary>Called when the thread makes its call again.</summary>
    public void BeginRetry()
    {
        _isLetGo = false;
        Retry = Retry.UnderWay;
    }

    /// <summary>Called with the notification of a call: one that is made again has been handled.</summary>
    /// <returns>Whether it is made again.</returns>
    public bool TryLetGo()
    {
        if (Retry != Retry.UnderWay)
        {
            return false;
        }

        _isLetGo = true;
        return true;
    }

    /// <summary>Called when no call is to be made again any more.</summary>
    public void ForgetRetry() => Retry = Retry.None;

    /// <summary>Called at the entry of a call that is handled.</summary>
    public void Enter() => _isInterrupted = false;

    /// <summary>Called at the exit of a call, which may be one that was made again.</summary>
    public void Leave(long result)
    {
        if (Retry == Retry.UnderWay)
        {
            Retry = Retry.None;

            // A signal that comes before anybody has read its notification ends it before it has begun.
            _isInterrupted = _isLetGo && IsInterruption(result);
        }
    }

    /// <summary>
    /// Whether the signal that is about to be delivered interrupted a call that was made again. Says so once.
    /// </summary>
    public bool TakeInterruption()
    {
        bool was = _isInterrupted;
        _isInterrupted = false;
        return was;
    }

    /// <summary>Sets the wait that goes on; null: there is none.</summary>
    public void GoOnWaiting(ResumedWait? wait) => Wait = wait;

    /// <summary>Called when a handler of a signal ends the wait. After the handler the thread stands where it stood
    /// when it was interrupted.</summary>
    public void EndByHandler()
    {
        EndWait();
        _entered.Number = -1;
    }

    /// <summary>Called when the thread waits no more, or waits as it would untraced.</summary>
    public void EndWait() => Wait = null;
}

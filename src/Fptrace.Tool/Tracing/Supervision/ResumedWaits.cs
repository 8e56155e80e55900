using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// Waits that a signal interrupted which does nothing, such as SIGCHLD where nobody catches it: they go on as if it had
/// not come, and end when their time is over.
/// </summary>
/// <remarks>
/// The kernel makes the call again, with all of its time: an argument can be changed, but the one in memory others may
/// read meanwhile, and that of a socket is everybody's. So the thread is interrupted when the time is over, and what
/// the call returns then is put in. The ptrace thread's alone; a timer wakes it. Where its calls do not stop nobody
/// knows when the first call began: its time begins with the first signal.
/// </remarks>
internal sealed class ResumedWaits(TraceeTable tracees)
{
    // Milliseconds until whoever waits is rung for again: the bell interrupts a wait, not the moment before it.
    private const int Patience = 1;

    private readonly PriorityQueue<ResumedWait, long> _waits = new();
    private Timer? _timer;
    private volatile bool _isDue;

    /// <summary>A signal is about to be delivered to a thread whose call ended with EINTR, or would.</summary>
    /// <param name="stop">Of the signal.</param>
    /// <param name="tracee">The thread.</param>
    /// <param name="call">The call.</param>
    /// <param name="restart">What becomes of it so far.</param>
    /// <param name="isSeen">Whether <see cref="CallState.EnteredAt"/> is kept.</param>
    public void Interrupted(scoped in Stop stop, Tracee tracee, in seccomp_data call, Restart restart, bool isSeen)
    {
        bool wasStopped = tracee.Job.Continues(stop.Status.StopSignal);
        if (restart == Restart.UnlessCaught && tracee.Call.Wait is null)
        {
            // The kernel's own: poll, select and the like keep their time themselves.
            return;
        }

        if (wasStopped || !ProcessStatus.Of(tracee.Tid).Ignores(stop.Status.StopSignal))
        {
            if (restart == Restart.UnlessCaught)
            {
                stop.SetRestart(Restart.Never);
            }

            tracee.Call.EndWait();
            return;
        }

        ResumedWait? wait = tracee.Call.Wait
            ?? Begin(tracee, call, isSeen ? tracee.Call.EnteredAt : Stopwatch.GetTimestamp());
        tracee.Call.GoOnWaiting(wait);
        if (wait is null)
        {
            return;
        }

        if (wait.Deadline <= Stopwatch.GetTimestamp())
        {
            stop.SetResult(wait.Answer);
            tracee.Call.EndWait();
            return;
        }

        wait.IsExpected = true;
        stop.SetRestart(Restart.UnlessCaught);
    }

    /// <summary>At an entry stop of a thread that goes on with a wait.</summary>
    public static void Entered(Tracee tracee, in ptrace_syscall_info info)
    {
        if (tracee.Call.Wait is not { } wait)
        {
            return;
        }

        if (!wait.IsExpected || !wait.Is(info))
        {
            tracee.Call.EndWait();
            return;
        }

        wait.IsExpected = false;
        if (wait.IsOver)
        {
            // The interruption was spent on its way here. One that vanished waits no more.
            _ = tracee.Interrupt();
        }
    }

    /// <summary>At the exit stop of a thread that goes on with a wait.</summary>
    /// <returns>What the call returns instead; null for what it returned.</returns>
    public static long? Left(Tracee tracee, long result)
    {
        ResumedWait wait = tracee.Call.Wait!;
        bool isInterrupted = result == -errno.EINTR || CallState.IsInterruption(result);
        if (!isInterrupted || wait.IsOver)
        {
            tracee.Call.EndWait();
        }

        return isInterrupted && wait.IsOver ? wait.Answer : null;
    }

    /// <summary>Interrupts those whose time is over.</summary>
    public void Serve()
    {
        if (!_isDue)
        {
            return;
        }

        _isDue = false;
        while (_waits.TryPeek(out ResumedWait? wait, out long deadline))
        {
            bool isWaited = wait.Tracee.Call.Wait == wait && tracees.Find(wait.Tracee.Tid) == wait.Tracee;
            if (isWaited && deadline > Stopwatch.GetTimestamp())
            {
                break;
            }

            _waits.Dequeue();
            if (isWaited)
            {
                wait.IsOver = true;
                _ = wait.Tracee.Interrupt();
            }
        }

        SetTimer();
    }

    private ResumedWait? Begin(Tracee tracee, in seccomp_data call, long start)
    {
        if (WaitingCall.Find(call) is not { } waiting || waiting.Read(tracee, call, out long answer) is not { } time)
        {
            return null;
        }

        if (time == TimeSpan.MaxValue)
        {
            return new ResumedWait(tracee, call, long.MaxValue, answer);
        }

        var wait = new ResumedWait(tracee, call, start + (long)(time.TotalSeconds * Stopwatch.Frequency), answer);
        _waits.Enqueue(wait, wait.Deadline);
        SetTimer();
        return wait;
    }

    private void SetTimer()
    {
        _timer ??= new Timer(_ => Ring());
        if (!_waits.TryPeek(out _, out long deadline))
        {
            _timer.Change(Timeout.Infinite, Timeout.Infinite);
            return;
        }

        double milliseconds =
            Math.Ceiling(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline).TotalMilliseconds);
        _timer.Change((long)Math.Clamp(milliseconds, 0, int.MaxValue), Patience);
    }

    private void Ring()
    {
        _isDue = true;
        Doorbell.Ring();
    }
}

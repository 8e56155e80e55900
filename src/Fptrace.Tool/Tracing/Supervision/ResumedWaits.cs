using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// Lets calls that wait go on after a signal that has no effect, such as SIGCHLD that nobody catches. Untraced, such a
/// signal does not interrupt them.
/// </summary>
/// <remarks>
/// The kernel makes the call again, with its whole time limit. The limit cannot always be shortened: other threads may
/// read it in memory, and the limit of a socket applies to all its users. So the ptrace thread interrupts the tracee
/// when the time is over, and puts in the result that the call has then. A timer wakes the ptrace thread, which alone
/// uses this class. Calls that have a time limit stop at their entry, so that their time is known.
/// </remarks>
internal sealed class ResumedWaits(TraceeTable tracees)
{
    // Milliseconds until the timer rings again. A bell that rings just before the ptrace thread enters wait4 wakes
    // nobody.
    private const int Patience = 1;

    private readonly PriorityQueue<ResumedWait, long> _waits = new();
    private Timer? _timer;
    private volatile bool _isDue;

    /// <summary>Called before a signal is delivered to a thread whose call ended with EINTR, or would end so.</summary>
    /// <param name="call">The interrupted call.</param>
    /// <param name="tracee">The thread.</param>
    /// <param name="number">The number of the signal.</param>
    public void Interrupted(scoped in InterruptedCall call, Tracee tracee, int number)
    {
        bool wasStopped = tracee.Job.Continues(number);
        if (call.Restart != Restart.Never && tracee.Call.Wait is null)
        {
            // poll, select and the like keep track of their time in the kernel.
            return;
        }

        if (wasStopped || !ProcessStatus.Of(tracee.Tid).Ignores(number))
        {
            if (call.Restart != Restart.Never)
            {
                call.End(-errno.EINTR);
            }

            tracee.Call.EndByHandler();
            return;
        }

        ResumedWait? wait = tracee.Call.Wait ?? Begin(tracee, call.Data, tracee.Call.EntryOf(call.Data.nr));
        tracee.Call.GoOnWaiting(wait);
        if (wait is null)
        {
            return;
        }

        if (wait.Deadline <= Stopwatch.GetTimestamp())
        {
            call.End(wait.Answer);
            tracee.Call.EndWait();
            return;
        }

        wait.IsExpected = true;
        if (call.Restart == Restart.Never)
        {
            call.MakeAgain();
        }
    }

    /// <summary>Called at the entry stop of a thread that goes on with a wait.</summary>
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
            // The interruption came too early: it stopped the thread on its way to this call. So interrupt it once
            // more.
            _ = tracee.Interrupt();
        }
    }

    /// <summary>Called at the exit stop of a thread that goes on with a wait.</summary>
    /// <returns>The result that replaces the one of the call; null to keep it.</returns>
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

    /// <summary>Interrupts the threads whose time is over.</summary>
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

using System.Collections.Concurrent;
using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Calls whose end a lookup cannot tell are made again under ptrace, which sees it: the open of a FIFO, one in want of descriptors.</summary>
/// <remarks>
/// Whoever answers the notification has the thread interrupted and then tells the kernel to make the call again. So the thread stops for
/// the ptrace thread instead of going on, is resumed to its next system call, and that is handled as under the other engines. The
/// program notices nothing: to it the call has just begun. It costs ten times a notification, for calls that are rare.
/// </remarks>
internal sealed class Retrials(TraceeTable tracees)
{
    // Milliseconds until whoever waits rings again: the bell interrupts a wait, not the moment before it.
    private const int Patience = 1;

    private readonly ConcurrentQueue<(Tracee Tracee, ManualResetEventSlim Served)> _requests = new();
    private volatile bool _waits;

    /// <summary>Has a thread interrupted, which waits for the answer to its notification. By whoever answers it.</summary>
    public void Interrupt(Tracee tracee)
    {
        var served = new ManualResetEventSlim();
        _requests.Enqueue((tracee, served));
        do
        {
            // One that does not wait looks before it waits again, and what else it does is not interrupted.
            if (_waits)
            {
                Doorbell.Ring();
            }
        }
        while (!served.Wait(Patience) && tracees.Find(tracee.Tid) == tracee);
    }

    /// <summary>The ptrace thread is about to wait for its tracees.</summary>
    public void BeginWait()
    {
        _waits = true;
        Serve();
    }

    public void EndWait() => _waits = false;

    /// <summary>Interrupts those that are to be. On the ptrace thread.</summary>
    public void Serve()
    {
        while (_requests.TryDequeue(out (Tracee Tracee, ManualResetEventSlim Served) request))
        {
            // Before it is interrupted: it may stop at once.
            request.Tracee.Retrial = Retrial.Expected;
            new Ptracer(request.Tracee.Tid).Interrupt();
            request.Served.Set();
        }
    }
}

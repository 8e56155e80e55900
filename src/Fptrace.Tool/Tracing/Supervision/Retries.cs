using System.Collections.Concurrent;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Calls whose end a lookup cannot tell are made again under ptrace, which sees it: the open of a FIFO, one in
/// want of descriptors.</summary>
/// <remarks>
/// Whoever answers the notification has the thread interrupted and then tells the kernel to make the call again. So the
/// thread stops for the ptrace thread instead of going on, is resumed to its next system call, and that is handled as
/// under the other engines. The program notices nothing: to it the call has just begun. It costs ten times a
/// notification, for calls that are rare.
/// </remarks>
internal sealed class Retries(TraceeTable tracees)
{
    // Milliseconds until whoever waits rings again: the bell interrupts a wait, not the moment before it.
    private const int Patience = 1;

    private readonly ConcurrentQueue<RetryRequest> _requests = new();
    private volatile bool _waits;

    /// <summary>Has a thread interrupted, which waits for the answer to its notification. By whoever answers
    /// it.</summary>
    /// <returns>false when it is gone: then nothing may be answered that only a thread on its way to a stop is not
    /// told.</returns>
    public bool TryInterrupt(Tracee tracee)
    {
        var request = new RetryRequest(tracee);
        _requests.Enqueue(request);
        do
        {
            // One that does not wait looks before it waits again, and what else it does is not interrupted.
            if (_waits)
            {
                Doorbell.Ring();
            }
        }
        while (!request.Served.Wait(Patience) && tracees.Find(tracee.Tid) == tracee);
        return request.Served.IsSet && request.IsInterrupted;
    }

    /// <summary>The ptrace thread waits for its tracees, and only the bell wakes it.</summary>
    public bool IsWaiting => _waits;

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
        while (_requests.TryDequeue(out RetryRequest? request))
        {
            // Before it is interrupted: it may stop at once.
            request.Tracee.Call.ExpectRetry();
            request.IsInterrupted = request.Tracee.Interrupt() == RequestOutcome.Done;
            request.Served.Set();
        }
    }
}

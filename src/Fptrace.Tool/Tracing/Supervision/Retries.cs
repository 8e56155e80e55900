using System.Collections.Concurrent;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// Makes a thread repeat its call under ptrace, which shows the result. For calls whose result a lookup cannot
/// foretell, such as the open of a FIFO, or any open when descriptors run out.
/// </summary>
/// <remarks>
/// The notification thread asks the ptrace thread to interrupt the tracee, then answers that the kernel is to make the
/// call again. So the tracee stops for the ptrace thread, which resumes it to its next system call and handles that as
/// under the other engines. To the program the call has just begun. This costs ten times as much as a notification, but
/// such calls are rare.
/// </remarks>
internal sealed class Retries(TraceeTable tracees)
{
    // Milliseconds until the notification thread rings again. A bell that rings just before wait4 begins wakes nobody.
    private const int Patience = 1;

    private readonly ConcurrentQueue<RetryRequest> _requests = new();
    private volatile bool _waits;

    /// <summary>
    /// Interrupts a thread that waits for the answer to its notification. The thread that answers calls this.
    /// </summary>
    /// <returns>
    /// false when the thread is gone. Then the notification must not be answered with ERESTARTNOINTR: a program sees
    /// that result unless its thread is about to stop.
    /// </returns>
    public bool TryInterrupt(Tracee tracee)
    {
        var request = new RetryRequest(tracee);
        _requests.Enqueue(request);
        do
        {
            // When the ptrace thread does not wait in wait4, it serves requests before it does so again. No need to
            // ring then.
            if (_waits)
            {
                Doorbell.Ring();
            }
        }
        while (!request.Served.Wait(Patience) && tracees.Find(tracee.Tid) == tracee);
        return request.Served.IsSet && request.IsInterrupted;
    }

    /// <summary>Whether the ptrace thread waits in wait4, so that only the bell wakes it.</summary>
    public bool IsWaiting => _waits;

    /// <summary>Called by the ptrace thread before it waits for its tracees.</summary>
    public void BeginWait()
    {
        _waits = true;
        Serve();
    }

    public void EndWait() => _waits = false;

    /// <summary>Interrupts the threads that were asked for. On the ptrace thread.</summary>
    public void Serve()
    {
        while (_requests.TryDequeue(out RetryRequest? request))
        {
            // The state is set first, because the thread may stop at once.
            request.Tracee.Call.ExpectRetry();
            request.IsInterrupted = request.Tracee.Interrupt() == RequestOutcome.Done;
            request.Served.Set();
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// The stops and ends that are handled away from the ptrace thread, because a file system may not answer whoever looks
/// there.
/// </summary>
/// <remarks>
/// To hand one over costs two switches of threads. So this happens only where a remote file system or FUSE is
/// used (<see cref="Names.RemoteMounts"/>). There are as many threads as there are such calls at once, because the
/// daemon of a FUSE mount may itself be a process of the command whose calls must be handled. Only the ptrace thread
/// calls the methods. An away thread that needs memory which only the tracer may read asks the ptrace thread for it.
/// </remarks>
/// <param name="newHandler">Makes the handler of a new away thread.</param>
/// <param name="isAwaited">Whether the ptrace thread blocks in wait4, so that it must be woken.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its threads use the collection until the tool ends.")]
internal sealed class AwayCalls(Func<MemoryPeek, SyscallHandler> newHandler, Func<bool> isAwaited)
{
    // Milliseconds until an away thread rings again. A bell that rings just before the ptrace thread enters wait4 wakes
    // nobody.
    private const int Patience = 1;

    private readonly Dictionary<Tracee, AwayCall> _away = [];
    private readonly ConcurrentQueue<AwayCall> _handled = new();
    private readonly BlockingCollection<AwayCall> _waiting = [];
    private readonly ConcurrentQueue<PeekRequest> _peeks = new();
    private int _idle;

    public bool Any => _away.Count > 0;

    /// <summary>Finds the call of a tracee; null when none of its calls is away.</summary>
    public AwayCall? Find(Tracee tracee) => _away.Count == 0 ? null : _away.GetValueOrDefault(tracee);

    public void Begin(AwayCall call)
    {
        _away.Add(call.Tracee, call);
        _waiting.Add(call);
        if (Interlocked.Decrement(ref _idle) < 0)
        {
            // Nobody is idle, so a new thread takes the call.
            Interlocked.Increment(ref _idle);

            // Away threads never end before the tool does: a file system may never answer them.
            new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "away" }.Start();
        }
    }

    /// <summary>Takes back one call that has been handled.</summary>
    public bool TryTake([NotNullWhen(true)] out AwayCall? call)
    {
        if (_away.Count == 0 || !_handled.TryDequeue(out call))
        {
            call = null;
            return false;
        }

        _away.Remove(call.Tracee);
        call.Served.Set();
        return true;
    }

    /// <summary>Reads the memory that away threads have asked for.</summary>
    public void ServePeeks()
    {
        while (_peeks.TryDequeue(out PeekRequest? request))
        {
            request.Serve();
        }
    }

    /// <summary>Lets the idle threads end, because no tracee is left.</summary>
    public void End() => _waiting.CompleteAdding();

    [SuppressMessage("Design", "CA1031",
        Justification = "The ptrace thread hears of it, as if it had handled the call itself.")]
    private void Run()
    {
        SyscallHandler handler = newHandler(Peek);
        foreach (AwayCall call in _waiting.GetConsumingEnumerable())
        {
            try
            {
                call.Work(handler);
            }
            catch (Exception e)
            {
                call.Fault = e;
            }

            Interlocked.Increment(ref _idle);
            _handled.Enqueue(call);
            RingUntil(call.Served);
        }
    }

    private bool Peek(int tid, ulong address, Span<byte> target)
    {
        var request = new PeekRequest(tid, address, target.Length);
        _peeks.Enqueue(request);
        RingUntil(request.Served);
        request.Bytes.CopyTo(target);
        return request.IsRead;
    }

    private void RingUntil(ManualResetEventSlim served)
    {
        do
        {
            if (isAwaited())
            {
                Doorbell.Ring();
            }
        }
        while (!served.Wait(Patience) && !_waiting.IsAddingCompleted);
    }
}

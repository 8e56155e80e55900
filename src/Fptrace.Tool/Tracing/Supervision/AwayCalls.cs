using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Calls that are handled away from the ptrace thread, because a file system may keep waiting whoever looks
/// there.</summary>
/// <remarks>
/// Only where such a one is mounted (<see cref="Names.RemoteMounts"/>), since handing a call over costs two switches of
/// threads. There are as many threads as calls that are away at once: the daemon that one of them waits for may be a
/// process of the command, with a call of its own to be handled. Its methods are called by the ptrace thread.
/// </remarks>
/// <param name="newHandler">Makes a thread its handler.</param>
/// <param name="isAwaited">Whether the ptrace thread waits for its tracees, so that it must be woken.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its threads use the collection until the tool ends.")]
internal sealed class AwayCalls(Func<SyscallHandler> newHandler, Func<bool> isAwaited)
{
    // Milliseconds until whoever waits rings again: the bell interrupts a wait, not the moment before it.
    private const int Patience = 1;

    private readonly Dictionary<Tracee, AwayCall> _away = [];
    private readonly ConcurrentQueue<AwayCall> _handled = new();
    private readonly BlockingCollection<AwayCall> _waiting = [];
    private int _idle;

    public bool Any => _away.Count > 0;

    /// <summary>The call of a thread, if it is away.</summary>
    public AwayCall? Find(Tracee tracee) => _away.Count == 0 ? null : _away.GetValueOrDefault(tracee);

    public void Begin(AwayCall call)
    {
        _away.Add(call.Tracee, call);
        _waiting.Add(call);
        if (Interlocked.Decrement(ref _idle) < 0)
        {
            // They end with the tool, be it that a file system never answers.
            new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "away" }.Start();
        }
    }

    /// <summary>One that was handled, and is away no more.</summary>
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

    /// <summary>Nobody is left.</summary>
    public void End() => _waiting.CompleteAdding();

    [SuppressMessage("Design", "CA1031",
        Justification = "The ptrace thread hears of it, as if it had handled the call itself.")]
    private void Run()
    {
        SyscallHandler handler = newHandler();
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
            do
            {
                if (isAwaited())
                {
                    Doorbell.Ring();
                }
            }
            while (!call.Served.Wait(Patience) && !_waiting.IsAddingCompleted);
        }
    }
}

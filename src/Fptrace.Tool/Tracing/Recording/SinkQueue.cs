using System.Diagnostics.CodeAnalysis;
using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>What the sink is to be told, in order. A thread tells it, so that a sink that takes its time keeps nobody
/// waiting.</summary>
/// <remarks>
/// It is bounded: when it is full, whoever records waits, with no lock held, until the sink has caught up. Events are
/// handed over many at a time. The thread is woken when the queue is no longer empty, and waits a moment for more, so
/// that a call of the command does not pay for waking it. Who needs the sink to be up to date tells it the rest on its
/// own thread (<see cref="CatchUp"/>).
/// </remarks>
/// <param name="sink">Gets one call at a time.</param>
/// <param name="failed">Called with what a call of the sink threw, other than a reason to give up. The next call is
/// made all the same.</param>
internal sealed class SinkQueue(ITraceSink sink, Action<Exception> failed)
{
    // Accesses of some 200 bytes each: two lists of 3 MB at most.
    private const int Capacity = 1 << 14;

    // Milliseconds in which more may come.
    private const int Moment = 5;

    private readonly Lock _telling = new();
    private readonly object _gate = new();
    private readonly int _moment = sink.IsWatched ? 0 : Moment;
    private List<SinkEvent> _waiting = [];
    private List<SinkEvent> _told = [];
    private FptraceException? _fault;
    private volatile bool _isFull;
    private bool _hasThread;
    private bool _hasEnded;

    /// <summary>Called when the sink can be told no more.</summary>
    public Action<FptraceException>? GiveUp { get; set; }

    /// <summary>Waits while it is full. Before the lock is taken under which <see cref="Add"/> is called, which holds a
    /// few more.</summary>
    public void AwaitRoom()
    {
        if (!_isFull)
        {
            return;
        }

        lock (_gate)
        {
            while (_isFull)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Never waits, and what comes after the end is nobody's. Calls come one at a time, and their order is the
    /// sink's.</summary>
    public void Add(in SinkEvent added)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            _waiting.Add(added);
            if (_waiting.Count == 1)
            {
                Wake();
            }
            else if (_waiting.Count >= Capacity && !_isFull)
            {
                _isFull = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Returns when the sink has got all that was added before.</summary>
    public void CatchUp()
    {
        lock (_telling)
        {
            lock (_gate)
            {
                (_waiting, _told) = (_told, _waiting);
                if (_isFull)
                {
                    _isFull = false;
                    Monitor.PulseAll(_gate);
                }
            }

            foreach (ref readonly SinkEvent next in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_told))
            {
                Tell(next);
            }

            _told.Clear();
        }
    }

    /// <summary>Nothing more comes: the sink gets the rest.</summary>
    /// <exception cref="FptraceException">It could not be told.</exception>
    public void End()
    {
        CatchUp();
        lock (_gate)
        {
            _hasEnded = true;
            Monitor.PulseAll(_gate);
        }

        if (_fault is not null)
        {
            throw _fault;
        }
    }

    private void Wake()
    {
        if (_hasThread)
        {
            Monitor.PulseAll(_gate);
            return;
        }

        _hasThread = true;
        new Thread(Run, maxStackSize: 1 << 20) { IsBackground = true, Name = "sink" }.Start();
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0 && !_hasEnded)
                {
                    Monitor.Wait(_gate);
                }

                if (_hasEnded)
                {
                    return;
                }

                if (!_isFull && _moment > 0)
                {
                    Monitor.Wait(_gate, _moment);
                }
            }

            CatchUp();
        }
    }

    [SuppressMessage("Design", "CA1031",
        Justification = "A fault of ours must not take the command down: the trace says so and goes on.")]
    private void Tell(in SinkEvent next)
    {
        if (_fault is not null)
        {
            return;
        }

        try
        {
            next.Tell(sink);
        }
        catch (Exception e) when (e is FptraceException or OutOfMemoryException)
        {
            _fault = UnforeseenFailure.Of(e);
            GiveUp?.Invoke(_fault);
        }
        catch (Exception e)
        {
            failed(e);
        }
    }
}

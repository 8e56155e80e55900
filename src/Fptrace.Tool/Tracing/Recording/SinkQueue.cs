using System.Diagnostics.CodeAnalysis;
using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>
/// Holds the events of the sink in order. A thread hands them over, so that a slow sink holds up nobody.
/// </summary>
/// <remarks>
/// The queue is bounded: when it is full, whoever records waits, with no lock held, until the sink has caught up. The
/// thread hands over many events at a time, and looks for more a moment later. So as long as events come, nobody wakes
/// it: whoever records would pay for that. Only when there was none for a moment does it wait to be woken. Whoever
/// needs the sink to be up to date hands over the rest on its own thread (<see cref="CatchUp"/>).
/// </remarks>
/// <param name="sink">Gets one event at a time.</param>
/// <param name="failed">Called with an exception of the sink that is no reason to give up. The next event
/// follows.</param>
internal sealed class SinkQueue(ITraceSink sink, Action<Exception> failed)
{
    // An event has some 200 bytes, so the two lists take 3 MB each at most.
    private const int Capacity = 1 << 14;

    // Milliseconds for which the thread waits for more events. What waits longer is left to those who need the sink to
    // be up to date, and they hold up the command.
    private const int Moment = 5;

    private readonly Lock _telling = new();
    private readonly object _gate = new();
    private readonly int _moment = sink.IsWatched ? 0 : Moment;
    private List<SinkEvent> _waiting = [];
    private List<SinkEvent> _told = [];
    private FptraceException? _fault;
    private volatile bool _isFull;
    private bool _hasThread;
    private bool _isIdle;
    private bool _hasEnded;

    /// <summary>Called when the sink cannot go on.</summary>
    public Action<FptraceException>? GiveUp { get; set; }

    /// <summary>Waits while the queue is full.</summary>
    /// <remarks>
    /// Callers do this before they take the lock under which they call <see cref="Add"/>, so Add accepts a few events
    /// more.
    /// </remarks>
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

    /// <summary>Adds an event without waiting. After the end it is dropped.</summary>
    /// <remarks>
    /// The caller's lock makes the calls come one at a time, in the order in which the sink gets the events.
    /// </remarks>
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

    /// <summary>Called when no more events come: hands over the rest.</summary>
    /// <exception cref="FptraceException">The sink could not go on.</exception>
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
        if (_isIdle)
        {
            _isIdle = false;
            Monitor.PulseAll(_gate);
        }
        else if (!_hasThread)
        {
            _hasThread = true;
            new Thread(Run, maxStackSize: 1 << 20) { IsBackground = true, Name = "sink" }.Start();
        }
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                AwaitMore();
                while (_waiting.Count == 0 && !_hasEnded)
                {
                    _isIdle = true;
                    Monitor.Wait(_gate);
                    AwaitMore();
                }

                if (_hasEnded)
                {
                    return;
                }
            }

            CatchUp();
        }
    }

    private void AwaitMore()
    {
        if (_moment > 0 && !_isFull && !_hasEnded)
        {
            Monitor.Wait(_gate, _moment);
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

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// Receives the signals that end, stop or continue a job. Signals that this process was started to ignore stay ignored.
/// </summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "The tool runs on Linux alone.")]
internal sealed class SignalSource : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();
    private readonly Queue<int> _waiting = new();
    private Action<int>? _received;

    /// <summary>Starts to receive. Signals wait until <see cref="Forward"/> is called.</summary>
    /// <param name="ignored">The ignored signals, as bits: 1 &lt;&lt; (number − 1).</param>
    public SignalSource(ulong ignored)
    {
        (PosixSignal Signal, int Number)[] signals =
        [
            (PosixSignal.SIGHUP, signal.SIGHUP),
            (PosixSignal.SIGINT, signal.SIGINT),
            (PosixSignal.SIGQUIT, signal.SIGQUIT),
            (PosixSignal.SIGTERM, signal.SIGTERM),
            (PosixSignal.SIGTSTP, signal.SIGTSTP),
            (PosixSignal.SIGCONT, signal.SIGCONT),
        ];
        foreach ((PosixSignal name, int number) in signals)
        {
            if ((ignored >> (number - 1) & 1) == 0)
            {
                _registrations.Add(PosixSignalRegistration.Create(name, context =>
                {
                    context.Cancel = true;
                    Receive(number);
                }));
            }
        }
    }

    /// <param name="received">Gets the number of each signal on another thread than this one: it may wait for what
    /// this thread does next.</param>
    public void Forward(Action<int> received)
    {
        int[] waiting;
        lock (_lock)
        {
            _received = received;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        if (waiting.Length > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Array.ForEach(waiting, received), null);
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Receive(int number)
    {
        lock (_lock)
        {
            if (_received is null)
            {
                _waiting.Enqueue(number);
                return;
            }
        }

        _received(number);
    }
}

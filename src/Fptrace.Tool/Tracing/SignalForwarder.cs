using System.Runtime.InteropServices;
using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>What we are asked to end by, the command decides: signals are passed on to its first process, unless it got them too.</summary>
internal sealed class SignalForwarder : IDisposable
{
    // A signal to the whole group arrives at the command within microseconds, and its delivery passes through us.
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_recent = TimeSpan.FromMilliseconds(500);

    private readonly int _root;
    private readonly SignalLog _received;
    private readonly Recorder _recorder;
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _last;

    public SignalForwarder(int root, SignalLog received, Recorder recorder)
    {
        const int SIG_IGN = 1;
        _root = root;
        _received = received;
        _recorder = recorder;

        // The command's group-stop stops us (PtraceLoop); stopping at once would leave it between two states.
        libc.signal(signal.SIGTSTP, SIG_IGN);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Handle(context, signal.SIGHUP)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, signal.SIGINT)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Handle(context, signal.SIGQUIT)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, signal.SIGTERM)),
        ];
    }

    /// <summary>A command that was ended by such a signal did not do all that it would have done.</summary>
    public void ExplainDeath(int outcome)
    {
        if (_last != 0 && outcome == -_last)
        {
            _recorder.AddReason(IncompleteReason.Interrupted, 0, $"signal {_last} ended the command");
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Handle(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        _last = number;
        if (number is signal.SIGTERM or signal.SIGHUP)
        {
            _recorder.AddReason(IncompleteReason.Interrupted, 0, $"signal {number} asked the tracer to end");
        }

        Thread.Sleep(s_wait);
        if (!_received.Holds(number, s_recent))
        {
            Children.Kill(_root, number);
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>The signals that end, stop or continue a job, as this process gets them. What it was started to ignore stays ignored.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "The tool runs on Linux alone.")]
internal sealed class SignalSource : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="ignored">Bits: 1 &lt;&lt; (number − 1).</param>
    /// <param name="received">Called on a thread of the pool with the number.</param>
    public SignalSource(ulong ignored, Action<int> received)
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
                    received(number);
                }));
            }
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}

using Fptrace.Model;

namespace Fptrace.Tracing.Supervision;

/// <summary>When a trace returns to its caller, and what it tells the user meanwhile.</summary>
internal sealed record SupervisionOptions
{
    public SurvivorPolicy Survivors { get; init; }

    /// <summary>The proxy, the process for which the caller waits; null when the caller waits for this one.</summary>
    public ProxyConnection? Proxy { get; init; }

    /// <summary>The signals that this process gets, if they are received already. The tracer takes them over.</summary>
    public SignalSource? Signals { get; init; }

    /// <summary>
    /// Whether a process may still write to the command's output. <see cref="SurvivorPolicy.Detach"/> asks when the
    /// command has ended.
    /// </summary>
    public Func<bool> HoldsOutput { get; init; } = () => false;

    /// <summary>Writes a line for the user while the trace goes on.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>
    /// Called when the trace is over but processes still run: completes the outputs, and returns the exit status of the
    /// proxy.
    /// </summary>
    public Func<Func<TraceSummary>, int>? Leave { get; init; }
}

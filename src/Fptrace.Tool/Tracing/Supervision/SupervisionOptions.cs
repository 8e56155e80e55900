using Fptrace.Model;

namespace Fptrace.Tracing.Supervision;

/// <summary>How a trace treats whoever started it: when it returns, and what it tells meanwhile.</summary>
internal sealed record SupervisionOptions
{
    public SurvivorPolicy Survivors { get; init; }

    /// <summary>The process that the caller waits for, when it is not this one.</summary>
    public ProxyConnection? Proxy { get; init; }

    /// <summary>The signals that this process gets, where somebody listens already; the tracer takes it over.</summary>
    public SignalSource? Signals { get; init; }

    /// <summary>Whether a process may still write to the command's output. Asked once the command has ended, for
    /// <see cref="SurvivorPolicy.Detach"/>.</summary>
    public Func<bool> HoldsOutput { get; init; } = () => false;

    /// <summary>Writes a line for the user while the command runs.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    /// <summary>The trace is over before its processes are: completes the outputs and says with which status the proxy
    /// returns.</summary>
    public Func<Func<TraceSummary>, int>? Leave { get; init; }
}

using Fptrace.Model;

namespace Fptrace.Commands.Doctor;

/// <summary>Looks whether a trial's trace holds what the traced program does: it looks at its
/// directory, which is the root.</summary>
internal sealed class TrialSink : ITraceSink
{
    /// <summary>Whether the trace holds that look.</summary>
    public bool SawRoot { get; private set; }

    public TraceNeeds Needs { get; } = new() { Files = true, Probes = true };

    public bool WantsAccesses => false;

    public void Started(Execution execution)
    {
    }

    public void Accessed(Execution execution, in Access access) => SawRoot |= access.Path.Span.SequenceEqual("/"u8);

    public void Complete(TraceSummary summary)
    {
    }
}

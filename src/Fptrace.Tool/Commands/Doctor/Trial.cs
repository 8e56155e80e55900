using Fptrace.Model;
using Fptrace.Tracing;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Plan;

namespace Fptrace.Commands.Doctor;

/// <summary>A trace of fptrace itself, which asks the kernel for all that any trace asks for.</summary>
/// <param name="Engine">The engine that was used; null when tracing does not work.</param>
/// <param name="Failure">Why it does not work.</param>
/// <param name="Launcher">What the start learnt; null when it did not come so far.</param>
internal sealed record Trial(EngineKind? Engine, string? Failure, Launcher? Launcher)
{
    /// <param name="engine">The engine; null for the best that works.</param>
    public static Trial Of(EngineKind? engine)
    {
        Launcher? launcher = null;
        try
        {
            var sink = new TrialSink();
            TraceSummary summary = Tracer.Run(OwnProgram.Nothing(), engine, TracePlan.Of(sink.Needs), sink,
                started: found => launcher = found);
            // Names relative to a directory come from /proc.
            string? fault = summary.ExitStatus != 0 ? $"the traced program ended with exit status {summary.ExitStatus}"
                : !sink.SawRoot || !summary.Verdict.HoldsAllFiles
                ? "the trace does not hold what the traced program did"
                : null;
            return fault is null
                ? new Trial(launcher!.Engine, null, launcher)
                : new Trial(null,
                    string.Join("; ", [fault, .. summary.Verdict.Reasons.Select(reason => reason.Detail)]), launcher);
        }
        catch (FptraceException e)
        {
            return new Trial(null, e.Message, launcher);
        }
    }
}

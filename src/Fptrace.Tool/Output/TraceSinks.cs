using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Passes a trace on to several outputs, in order. This object owns them.</summary>
internal sealed class TraceSinks(IReadOnlyList<TraceOutput> outputs) : ITraceSink, IDisposable
{
    public IEnumerable<string> Notes => outputs.SelectMany(output => output.Notes);

    public TraceNeeds Needs => outputs.Aggregate(TraceNeeds.Processes, (needs, output) => needs.With(output.Needs));

    public bool IsWatched => outputs.Any(output => output.IsWatched);

    public void Started(Execution execution)
    {
        foreach (TraceOutput output in outputs)
        {
            output.Started(execution);
        }
    }

    public void Accessed(Execution execution, in Access access)
    {
        foreach (TraceOutput output in outputs)
        {
            output.Accessed(execution, access);
        }
    }

    public void Exited(Execution execution, int pid, long timeNs, int status)
    {
        foreach (TraceOutput output in outputs)
        {
            output.Exited(execution, pid, timeNs, status);
        }
    }

    public void Ended(Execution execution)
    {
        foreach (TraceOutput output in outputs)
        {
            output.Ended(execution);
        }
    }

    /// <summary>Completes all outputs, also after one has failed.</summary>
    /// <exception cref="FptraceException">Some outputs could not be written. The message names each.</exception>
    public void Complete(TraceSummary summary)
    {
        var failures = new List<FptraceException>();
        foreach (TraceOutput output in outputs)
        {
            try
            {
                output.Complete(summary);
            }
            catch (FptraceException e)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new FptraceException(ExitCodes.Output,
                string.Join("; ", failures.Select(failure => failure.Message)));
        }
    }

    public void Dispose()
    {
        foreach (TraceOutput output in outputs)
        {
            output.Dispose();
        }
    }
}

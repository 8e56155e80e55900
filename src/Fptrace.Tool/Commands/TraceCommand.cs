using Fptrace.Interop;
using Fptrace.Model;
using Fptrace.Output;
using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary><c>fptrace [options] -- command</c>: traces and writes what was asked for.</summary>
internal static class TraceCommand
{
    /// <returns>The command's exit status.</returns>
    /// <exception cref="FptraceException">The command did not run, or an output could not be written.</exception>
    public static int Run(TraceOptions options, TextWriter err)
    {
        byte[][] command = OwnProcess.LastArguments(options.Command.Count);
        using TraceSinks outputs = TraceOutputs.Open(options);
        TraceSummary summary = Tracer.Run(command, EngineName.Parse(options.Engine), Plan(options), outputs);
        Describe(summary, options.Verbose, err);

        return summary.ExitStatus;
    }

    /// <summary>What the outputs need, and no more: every trapped call costs.</summary>
    private static TracePlan Plan(TraceOptions options)
    {
        bool full = options.OutputFile is not null || options.EventsFile is not null;
        bool files = full || options.DepsFile is not null;
        return new TracePlan
        {
            Files = files || options.Undelete,
            Removals = full,
            Probes = options.Probes && files,
            Stdio = options.Stdio && files,
            Descriptors = files,
            Executables = full,
            Network = full || options.Verbose,
            Environment = options.Environment,
            Undelete = options.Undelete,
            AllowIoUring = options.AllowIoUring,
        };
    }

    private static void Describe(TraceSummary summary, bool verbose, TextWriter err)
    {
        if (!verbose)
        {
            // The command's own message would leave its user puzzled.
            foreach (IncompleteReason reason in summary.Verdict.Reasons.Where(reason => reason.Kind == IncompleteReason.InnerTracer))
            {
                err.WriteLine($"fptrace: {reason.Kind}: {reason.Detail} (process {reason.Pid})");
            }

            return;
        }

        if (summary.Verdict.IsComplete)
        {
            err.WriteLine($"fptrace: the trace is complete (engine {summary.Engine})");
            return;
        }

        foreach (IncompleteReason reason in summary.Verdict.Reasons)
        {
            err.WriteLine($"fptrace: the trace is incomplete: {reason.Kind}: {reason.Detail}" + (reason.Pid == 0 ? "" : $" (process {reason.Pid})"));
        }
    }
}

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
        FrontLine? front = FrontLine.Current;
        if (front is null && (options.Survivors == SurvivorPolicy.Linger || Front.HasTerminal()))
        {
            return Front.Run() ?? UntracedCommand.Run(options.Command, OwnProcess.Environment(), err);
        }

        try
        {
            return Trace(options, front, err);
        }
        catch (FptraceException e) when (e.ExitCode == ExitCodes.TracingDenied && options.UntracedFallback)
        {
            err.WriteLine($"fptrace: the command runs untraced and nothing is written: {e.Message}");
            if (front is null)
            {
                return UntracedCommand.Run(options.Command, OwnProcess.Environment(), err);
            }

            front.LeaveUntraced();
            return 0;
        }
    }

    private static int Trace(TraceOptions options, FrontLine? front, TextWriter err)
    {
        using TraceSinks outputs = TraceOutputs.Open(options);
        bool left = false;
        var supervision = new Supervision
        {
            Survivors = options.Survivors,
            Front = front,
            Tell = err.WriteLine,
            Leave = Leave,
        };
        byte[][] command = OwnProcess.LastArguments(options.Command.Count);
        TraceSummary summary = Tracer.Run(command, EngineName.Parse(options.Engine), Plan(options), outputs, supervision);
        if (!left)
        {
            Describe(summary, options.Verbose, err);
        }

        return summary.ExitStatus;

        int Leave(Func<TraceSummary> complete)
        {
            left = true;
            try
            {
                TraceSummary soFar = complete();
                Describe(soFar, options.Verbose, err);
                return soFar.ExitStatus;
            }
            catch (FptraceException e)
            {
                err.WriteLine("fptrace: " + e.Message);
                return e.ExitCode;
            }
        }
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
            foreach (IncompleteReason reason in summary.Verdict.Reasons.Where(reason => reason.Kind is IncompleteReason.InnerTracer or IncompleteReason.InnerListener))
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

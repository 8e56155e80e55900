using System.Globalization;
using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Doctor;
using Fptrace.Keeping;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Output;
using Fptrace.Tracing;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Supervision;

namespace Fptrace.Commands.Trace;

/// <summary>
/// <c>fptrace [options] -- command</c>: traces a command and writes the outputs that the user asked for.
/// </summary>
internal static class TraceCommand
{
    /// <param name="args">All words of the command line.</param>
    /// <param name="output">stdout, for help.</param>
    /// <param name="err">stderr.</param>
    /// <returns>The command's exit status.</returns>
    /// <exception cref="FptraceException">
    /// The command line is wrong, the command did not run, or an output could not be written.
    /// </exception>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        var table = new TraceOptionTable();
        SplitArguments split = ArgumentSplitter.Split(ByteArguments.Of(args), table);
        if (table.AsksForHelp(split))
        {
            output.Write(Verbs.Trace.Help);
            return 0;
        }

        if (table.AsksForVersion(split))
        {
            if (table.IsVerbose(split))
            {
                return DoctorCommand.Run(json: false, output);
            }

            output.WriteLine(ToolVersion.Line);
            return 0;
        }

        TraceOptions options = table.Parse(split);
        try
        {
            return Run(options, err);
        }
        catch (FptraceException e)
        {
            throw CommandHint.Add(e, split, table);
        }
    }

    private static int Run(TraceOptions options, TextWriter err)
    {
        ProxyConnection? proxy = ProxyConnection.Current;
        if (proxy is null && (options.Survivors == SurvivorPolicy.Linger || Proxy.HasTerminal()
            || HoldingMounts.Read().Any))
        {
            return Proxy.Run() ?? UntracedCommand.Run(options.Command, StartWords.Environment(), err);
        }

        try
        {
            return Trace(options, proxy, err);
        }
        catch (FptraceException e) when (e.ExitCode == ExitCodes.TracingDenied && options.UntracedFallback)
        {
            err.WriteLine($"fptrace: the command runs untraced and nothing is written: {e.Message}");
            if (proxy is null)
            {
                return UntracedCommand.Run(options.Command, StartWords.Environment(), err);
            }

            proxy.LeaveUntraced();
            return 0;
        }
    }

    private static int Trace(TraceOptions options, ProxyConnection? proxy, TextWriter err)
    {
        TraceReport? report = TraceReport.For(options);

        // From here on signals wait until the command has begun. So none of them ends the tool and leaves half an
        // output.
        using var signals = new SignalSource(StartState.IgnoredSignals());
        using TraceSinks outputs = TraceOutputs.Open(options, report);
        bool left = false;
        var supervision = new SupervisionOptions
        {
            Survivors = options.Survivors,
            Proxy = proxy,
            Signals = signals,
            Tell = options.Quiet ? _ => { } : err.WriteLine,
            Leave = Leave,
        };
        byte[][] command = StartWords.LastArguments(options.Command.Count);
        TraceSummary summary = Tracer.Run(command, EngineName.Parse(options.Engine), Plan(options, outputs.Needs),
            outputs, supervision);
        if (!left)
        {
            Describe(summary, options, [.. outputs.Notes, .. report?.Lines(summary) ?? []], err);
        }

        return left ? summary.ExitStatus : Status(summary, options, err);

        int Leave(Func<TraceSummary> complete)
        {
            left = true;
            try
            {
                TraceSummary soFar = complete();
                Describe(soFar, options, [.. outputs.Notes, .. report?.Lines(soFar) ?? []], err);
                return Status(soFar, options, err);
            }
            catch (FptraceException e)
            {
                err.WriteLine("fptrace: " + e.Message);
                return e.ExitCode;
            }
        }
    }

    /// <summary>
    /// Makes the plan: what the outputs need and the options allow, and what the options ask for besides.
    /// </summary>
    private static TracePlan Plan(TraceOptions options, TraceNeeds needs)
    {
        var plan = TracePlan.Of(needs);
        return plan with
        {
            Files = plan.Files || options.Undelete,
            Probes = plan.Probes && options.Probes,
            Stdio = plan.Stdio && options.Stdio,
            Network = plan.Network || options.Verbose,
            Environment = options.Environment,
            Undelete = options.Undelete ? KeeperOf(options.UndeleteDirectory) : null,
            AllowIoUring = options.AllowIoUring,
        };
    }

    private static Keeper KeeperOf(string? given)
    {
        string directory = given ?? KeepPlace.Default
            ?? throw Usage.Error("-u finds no home directory to keep files in; name a directory by --undelete-dir DIR");
        if (directory.Length == 0)
        {
            throw Usage.Error("--undelete-dir needs the name of a directory");
        }

        ReadOnlySpan<byte> name = ByteString.Parse(directory).Span.TrimEnd((byte)'/');
        return new Keeper(new ByteString(directory[0] == '/'
            ? name
            : [.. OwnProcess.WorkingDirectory(), (byte)'/', .. name]));
    }

    private static void Describe(TraceSummary summary, TraceOptions options, IReadOnlyList<string> more, TextWriter err)
    {
        if (options.Quiet)
        {
            return;
        }

        foreach (string line in (string[])[.. options.Notes, .. summary.Notes,
            .. VerdictLines.Of(summary, options), .. more])
        {
            err.WriteLine("fptrace: " + line);
        }
    }

    /// <summary>Decides the exit status: --require-complete makes an incomplete trace a failure.</summary>
    /// <remarks>
    /// If a signal cut the command short, its own status stays, which is no success either, and which shells evaluate.
    /// </remarks>
    private static int Status(TraceSummary summary, TraceOptions options, TextWriter err)
    {
        bool isKilled = summary.ExitStatus > 128
            && summary.Verdict.Reasons.Any(reason => reason.Kind == IncompleteReason.Interrupted);
        if (!options.RequireComplete || summary.Verdict.HoldsAllFiles || isKilled)
        {
            return summary.ExitStatus;
        }

        string status = summary.ExitStatus.ToString(CultureInfo.InvariantCulture);
        err.WriteLine(
            $"fptrace: the command ended with exit status {status}, but the trace is not complete as "
                + "--require-complete demands");
        return ExitCodes.Incomplete;
    }
}

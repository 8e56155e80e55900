using Fptrace.Model;
using Fptrace.Output;

namespace Fptrace.Commands.Trace;

/// <summary>Opens every output that the command line asks for.</summary>
internal static class TraceOutputs
{
    /// <summary>Opens the outputs before the command starts, so that a long build does not fail at its end.</summary>
    /// <param name="options">Name the outputs.</param>
    /// <param name="report">One more sink, which writes no file; may be null.</param>
    /// <exception cref="FptraceException">An output cannot be opened. The others are closed and removed.</exception>
    public static TraceSinks Open(TraceOptions options, TraceReport? report = null)
    {
        OutputTarget? deps = Target(options.DepsFile, options);
        OutputTarget? events = Target(options.EventsFile, options);
        OutputTarget? trace = Target(options.OutputFile, options);
        CheckDistinct(deps, events, trace);
        var outputs = new List<TraceOutput>();
        try
        {
            // This comes first: -rm empties a directory in which the other outputs may stand.
            if (options.ScriptsDirectory is string scripts)
            {
                outputs.Add(new ScriptOutput(scripts, options.EmptyScriptsDirectory));
            }

            if (deps is not null)
            {
                outputs.Add(new DepsJsonOutput(new OutputFile(deps), options.DepsWithOutputs, options.DepsNames));
            }

            if (events is not null)
            {
                outputs.Add(new EventTextOutput(new OutputFile(events, OutputPace.AtOnce)));
            }

            if (trace is not null)
            {
                outputs.Add(new TraceJsonOutput(new OutputFile(trace), ToolVersion.Line,
                    [.. options.Command.Select(ByteString.Parse)]));
            }

            if (report is { IsFull: true })
            {
                outputs.Add(report);
            }

            return new TraceSinks(outputs);
        }
        catch
        {
            outputs.ForEach(output => output.Dispose());
            throw;
        }
    }

    /// <summary>Rejects two outputs with the same file: each is renamed onto it, so only the last would stay.</summary>
    private static void CheckDistinct(params ReadOnlySpan<OutputTarget?> targets)
    {
        var seen = new HashSet<ByteString>();
        foreach (OutputTarget? target in targets)
        {
            if (target is { IsSpecial: false, Path: { } path } && !seen.Add(new ByteString(path)))
            {
                throw new FptraceException(ExitCodes.Usage,
                    $"{target.Name} is named for two outputs; name a file for each");
            }
        }
    }

    private static OutputTarget? Target(string? name, TraceOptions options) =>
        name is null ? null : OutputTarget.Of(name, options.ScriptsDirectory);
}

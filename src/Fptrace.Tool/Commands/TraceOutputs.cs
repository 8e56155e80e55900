using System.Text;
using Fptrace.Model;
using Fptrace.Output;
using Fptrace.Tracing;

namespace Fptrace.Commands;

/// <summary>Opens every output that the command line asks for.</summary>
internal static class TraceOutputs
{
    /// <summary>Before the command starts, so that a long build does not end with an output that cannot be written.</summary>
    /// <param name="options">Name them.</param>
    /// <param name="report">One more, which writes no file; may be null.</param>
    /// <exception cref="FptraceException">One cannot be opened; the others are gone again.</exception>
    public static TraceSinks Open(TraceOptions options, TraceReport? report = null)
    {
        CheckDistinct(options);
        var outputs = new List<TraceOutput>();
        try
        {
            // First: -rm empties a directory in which the other files may stand.
            if (options.ScriptsDirectory is string scripts)
            {
                outputs.Add(new ScriptOutput(scripts, options.EmptyScriptsDirectory));
            }

            if (options.DepsFile is string deps)
            {
                outputs.Add(new DepsJsonOutput(OpenFile(deps), options.DepsWithOutputs, options.DepsNames));
            }

            if (options.EventsFile is string events)
            {
                outputs.Add(new EventTextOutput(OpenFile(events)));
            }

            if (options.OutputFile is string trace)
            {
                outputs.Add(new TraceJsonOutput(OpenFile(trace), HelpText.Version, options.Command));
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

    private static OutputFile OpenFile(string path) => new(path, TypeOf(path));

    private static FileType TypeOf(string path) =>
        FileStamps.Of(Encoding.UTF8.GetBytes(path + '\0'), follow: true, out FileStamp stamp) == 0 ? stamp.Type : FileType.None;

    /// <summary>Two outputs that are renamed onto one file would leave only the last.</summary>
    private static void CheckDistinct(TraceOptions options)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string? path in new[] { options.DepsFile, options.EventsFile, options.OutputFile })
        {
            if (!string.IsNullOrEmpty(path)
                && TypeOf(path) is FileType.None or FileType.Regular
                && OutputFile.ResolveTarget(path) is string target
                && !seen.Add(target))
            {
                throw new FptraceException(ExitCodes.Usage, $"{path} is named for two outputs; name a file for each");
            }
        }
    }
}

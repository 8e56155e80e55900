using Fptrace.Linux.Descriptors;
using Fptrace.Commands.CommandLine;
using Fptrace.Manifests.Checking;

namespace Fptrace.Commands.Run;

/// <summary>Says on stderr that reading or restoring files takes long.</summary>
/// <remarks>At a terminal one line is drawn again and again. Elsewhere one line is written once.</remarks>
internal sealed class Progress : IDisposable
{
    private const int Patience = 2000;
    private const int Interval = 200;

    // Returns to the start of the line and erases to its end (ECMA-48).
    private const string Erase = "\r\x1b[K";

    private readonly TextWriter _err;
    private readonly bool _isAtTerminal;
    private bool _isDrawn;

    /// <param name="what">What the tool does, such as <c>reads what the command used</c>.</param>
    /// <param name="options">Tell whether anything may be said.</param>
    /// <param name="err">stderr.</param>
    public Progress(string what, RunOptions options, TextWriter err)
    {
        _err = err;
        if (options.Quiet)
        {
            return;
        }

        _isAtTerminal = Terminals.IsOne(2);
        int width = _isAtTerminal && Terminals.Columns(2) is > 0 and int columns ? Math.Max(columns, 40) : 80;
        LongWork.Begin(
            (bytes, file) =>
            {
                string line =
                    $"fptrace: {what}: {ByteSize.Describe(bytes)} so far{(file.Length > 0 ? ", " + file : "")}";
                if (_isAtTerminal)
                {
                    // A line that wraps could not be erased.
                    _err.Write(Erase + line[..Math.Min(line.Length, width - 1)]);
                    _isDrawn = true;
                }
                else
                {
                    _err.WriteLine(line);
                }
            },
            Patience,
            _isAtTerminal ? Interval : 0);
    }

    public void Dispose()
    {
        LongWork.End();
        if (_isDrawn)
        {
            _isDrawn = false;
            _err.Write(Erase);
        }
    }
}

namespace Fptrace.Commands.Run;

/// <summary>Collects the lines that <c>fptrace run</c> tells the user.</summary>
/// <remarks>They are written when the command has ended, so that they do not get into its output.</remarks>
/// <param name="isQuiet">Whether nothing is told.</param>
/// <param name="err">stderr.</param>
internal sealed class RunNotes(bool isQuiet, TextWriter err)
{
    private readonly List<string> _lines = [];

    /// <summary>Adds a line for the end.</summary>
    public void Add(string line)
    {
        if (!isQuiet)
        {
            _lines.Add(line);
        }
    }

    /// <summary>Writes a line at once: why nothing happens now.</summary>
    public void Now(string line)
    {
        if (!isQuiet)
        {
            err.WriteLine(line);
        }
    }

    /// <summary>Writes the lines. Called when the command has ended.</summary>
    public void Flush()
    {
        foreach (string line in _lines)
        {
            err.WriteLine(line);
        }

        _lines.Clear();
    }
}

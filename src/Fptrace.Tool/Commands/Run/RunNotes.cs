namespace Fptrace.Commands.Run;

/// <summary>Lines for the user of <c>fptrace run</c>: they come once the command has ended, so that they do not get
/// into what it prints.</summary>
/// <param name="isQuiet">There are none.</param>
/// <param name="err">stderr.</param>
internal sealed class RunNotes(bool isQuiet, TextWriter err)
{
    private readonly List<string> _lines = [];

    /// <summary>For the end.</summary>
    public void Add(string line)
    {
        if (!isQuiet)
        {
            _lines.Add(line);
        }
    }

    /// <summary>At once: why nothing happens.</summary>
    public void Now(string line)
    {
        if (!isQuiet)
        {
            err.WriteLine(line);
        }
    }

    /// <summary>The command has ended.</summary>
    public void Flush()
    {
        foreach (string line in _lines)
        {
            err.WriteLine(line);
        }

        _lines.Clear();
    }
}

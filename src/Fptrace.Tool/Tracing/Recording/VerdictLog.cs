using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>What a trace cannot hold, and what was refused to the command. Thread-safe.</summary>
internal sealed class VerdictLog
{
    private readonly Lock _lock = new();
    private readonly List<IncompleteReason> _reasons = [];
    private readonly List<string> _notes = [];
    private bool _isClosed;

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_lock)
            {
                return [.. _notes];
            }
        }
    }

    public Verdict ToVerdict()
    {
        lock (_lock)
        {
            return new Verdict([.. _reasons]);
        }
    }

    /// <summary>Something happened that the trace cannot hold. Each kind counts once for a process.</summary>
    public void Add(string kind, int pid, string detail)
    {
        lock (_lock)
        {
            if (!_isClosed && !_reasons.Exists(reason => reason.Kind == kind && reason.Pid == pid))
            {
                _reasons.Add(new IncompleteReason(kind, pid, detail));
            }
        }
    }

    /// <summary>A process reached for a unix socket that no process of the command has bound.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">A path, or an abstract name with its NUL.</param>
    public void AddServer(int pid, ByteString name)
    {
        string text = name.Span is [0, ..] ? "@" + new ByteString(name.Span[1..]) : name.ToString();
        Add(IncompleteReason.LocalServer, pid, $"it reaches for the server at {text}, which is not traced");
    }

    /// <summary>What was refused to the command, while the trace lacks nothing by it.</summary>
    /// <param name="what">A word of its own for each kind, of which only the first is told.</param>
    /// <param name="line">One line in words, which begins with that word.</param>
    public void Note(string what, string line)
    {
        lock (_lock)
        {
            if (!_isClosed && !_notes.Exists(note => note.StartsWith(what, StringComparison.Ordinal)))
            {
                _notes.Add(line);
            }
        }
    }

    /// <summary>The trace is over: what comes now is nobody's.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }
}

using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>What a trace lacks, and what was refused to the command. Thread-safe.</summary>
internal sealed class VerdictLog
{
    private readonly Lock _lock = new();
    private readonly List<IncompleteReason> _reasons = [];
    private readonly HashSet<(string Kind, int Pid)> _told = [];
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

    /// <summary>Adds a reason why the trace is incomplete. Each kind counts once for a process.</summary>
    public void Add(string kind, int pid, string detail)
    {
        lock (_lock)
        {
            if (!_isClosed && _told.Add((kind, pid)))
            {
                _reasons.Add(new IncompleteReason(kind, pid, detail));
            }
        }
    }

    /// <summary>Called when a process connects to a unix socket that no process of the command has bound.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">A path, or an abstract name with its leading NUL.</param>
    public void AddServer(int pid, ByteString name)
    {
        string text = name.Span is [0, ..] ? "@" + new ByteString(name.Span[1..]) : name.ToString();
        Add(IncompleteReason.LocalServer, pid, $"it reaches for the server at {text}, which is not traced");
    }

    /// <summary>Notes what was refused to the command, where the trace lacks nothing because of that.</summary>
    /// <param name="what">The first word of the line. Of the lines that begin alike only the first is kept.</param>
    /// <param name="line">One line for the user.</param>
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

    /// <summary>Called when the trace is over: whatever comes now is dropped.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }
}

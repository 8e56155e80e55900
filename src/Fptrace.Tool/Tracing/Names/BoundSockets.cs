using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>The Unix sockets that processes of the command have bound to a name. Thread-safe.</summary>
/// <remarks>
/// A connect to one of them stays within the trace. A process may connect before we see the exit of the bind. Such a
/// connect counts as the command's for now, because a bind to the name is under way. In the end the socket's inode
/// tells whether that bind made it.
/// </remarks>
internal sealed class BoundSockets
{
    private readonly Lock _lock = new();
    private readonly HashSet<(ulong Device, ulong Inode)> _files = [];
    private readonly HashSet<ByteString> _abstract = [];

    // A list, since several may bind to one name at once. A bind whose end is never seen stays in it. That is safe: a
    // connect that it explains is checked in the end.
    private readonly List<ByteString> _underWay = [];
    private readonly List<(ByteString Name, (ulong Device, ulong Inode) File, int Pid)> _early = [];

    /// <summary>Called at the entry of a bind.</summary>
    /// <param name="name">The socket file, or an abstract name with its NUL.</param>
    public void Begin(ByteString name)
    {
        lock (_lock)
        {
            _underWay.Add(name);
        }
    }

    /// <summary>Called when a bind is over. If it succeeded, its socket was added before.</summary>
    public void End(ByteString name)
    {
        lock (_lock)
        {
            _underWay.Remove(name);
        }
    }

    public void Add(in FileStamp file)
    {
        lock (_lock)
        {
            _files.Add((file.Device, file.Inode));
        }
    }

    public void Add(ByteString abstractName)
    {
        lock (_lock)
        {
            _abstract.Add(abstractName);
        }
    }

    /// <summary>Whether a process reaches for a socket of the command, as far as is known so far.</summary>
    /// <param name="name">The socket file, or an abstract name with its NUL.</param>
    /// <param name="file">The socket file; none for an abstract name.</param>
    /// <param name="pid">The process.</param>
    public bool Explains(ByteString name, in FileStamp file, int pid)
    {
        lock (_lock)
        {
            (ulong, ulong) identity = (file.Device, file.Inode);
            if (Contains(name, identity))
            {
                return true;
            }

            if (!_underWay.Contains(name))
            {
                return false;
            }

            _early.Add((name, identity, pid));
            return true;
        }
    }

    /// <summary>The processes that reached for a socket which no bind of the command has made in the end.</summary>
    public IReadOnlyList<(int Pid, ByteString Name)> Unexplained()
    {
        lock (_lock)
        {
            return [.. _early.Where(early => !Contains(early.Name, early.File))
                .Select(early => (early.Pid, early.Name))];
        }
    }

    private bool Contains(ByteString name, (ulong Device, ulong Inode) file) =>
        file == default ? _abstract.Contains(name) : _files.Contains(file);
}

using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>The unix sockets that the command's own processes have given a name: whoever connects to one of them stays in the trace. Thread-safe.</summary>
/// <remarks>
/// A socket can be connected to before the end of the bind is seen that made it. Then it is known by its name that such a call is under way,
/// and in the end by its inode whether it was that one.
/// </remarks>
internal sealed class BoundSockets
{
    private readonly Lock _lock = new();
    private readonly HashSet<(ulong Device, ulong Inode)> _files = [];
    private readonly HashSet<ByteString> _abstract = [];

    // Several may try one name. Whoever is killed meanwhile stays here: that costs a look at the end.
    private readonly List<ByteString> _underWay = [];
    private readonly List<(ByteString Name, (ulong Device, ulong Inode) File, int Pid)> _early = [];

    /// <summary>A bind begins.</summary>
    /// <param name="name">Its file, or an abstract name with its NUL.</param>
    public void Begin(ByteString name)
    {
        lock (_lock)
        {
            _underWay.Add(name);
        }
    }

    /// <summary>A bind has ended; if it succeeded its socket was added before.</summary>
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

    /// <summary>Whether a process reaches for a socket of the command, as far as can be told.</summary>
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

    /// <summary>Those who reached for a socket that was not bound in the end: somebody else had made it.</summary>
    public IReadOnlyList<(int Pid, ByteString Name)> Unexplained()
    {
        lock (_lock)
        {
            return [.. _early.Where(early => !Contains(early.Name, early.File)).Select(early => (early.Pid, early.Name))];
        }
    }

    private bool Contains(ByteString name, (ulong Device, ulong Inode) file) =>
        file == default ? _abstract.Contains(name) : _files.Contains(file);
}

using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>
/// Who is at the other end of the command's Unix sockets and FIFOs: the command, or somebody else. Thread-safe.
/// </summary>
/// <remarks>
/// The kernel tells who has connected to a socket. It does not tell who sends datagrams or opens a FIFO. There the
/// command itself must have been seen at the other end. Somebody else who joins it there is not noticed.
/// </remarks>
internal sealed class Peers
{
    private readonly Lock _lock = new();
    private readonly List<(int Peer, int Pid)> _accepted = [];
    private readonly List<int> _nameless = [];
    private readonly Dictionary<(ByteString Name, (ulong Device, ulong Inode) File), (int Pid, ByteString Name)> _idle =
        [];
    private readonly HashSet<(ByteString Name, (ulong Device, ulong Inode) File)> _reached = [];
    private readonly Dictionary<(ulong Device, ulong Inode), Fifo> _fifos = [];
    private int _connects;

    /// <summary>Notes that a process of the command accepted a connection.</summary>
    /// <param name="peer">The process that connected, 0 for one that we cannot see; null where the kernel does not
    /// tell.</param>
    /// <param name="pid">The process that accepted it.</param>
    public void Accept(int? peer, int pid)
    {
        lock (_lock)
        {
            if (peer is { } known)
            {
                _accepted.Add((known, pid));
            }
            else
            {
                _nameless.Add(pid);
            }
        }
    }

    /// <summary>Notes that a socket for datagrams was bound.</summary>
    /// <param name="name">An abstract name, or the path of the socket file.</param>
    /// <param name="file">The socket file; none for an abstract name.</param>
    /// <param name="pid">The process that bound it.</param>
    public void Receive(ByteString name, in FileStamp file, int pid)
    {
        lock (_lock)
        {
            // A process can reach the socket before we see the exit of the bind, and look for it before there was a
            // file.
            if (!_reached.Contains(Key(name, file)) && !_reached.Contains(Key(name, default)))
            {
                _idle[Key(name, file)] = (pid, name);
            }
        }
    }

    /// <summary>Notes that a process of the command reaches for a socket of the command.</summary>
    public void Reach(ByteString name, in FileStamp file)
    {
        lock (_lock)
        {
            _connects++;
            _reached.Add(Key(name, file));
            _idle.Remove(Key(name, file));
        }
    }

    /// <summary>Notes that a process reaches for a socket that does not exist yet.</summary>
    public void ReachEarly(ByteString name)
    {
        lock (_lock)
        {
            _reached.Add(Key(name, default));
        }
    }

    /// <summary>Notes that a FIFO was opened.</summary>
    public void Open(in FileStamp file, ReadOnlySpan<byte> path, bool reads, bool writes, int pid)
    {
        lock (_lock)
        {
            (ulong, ulong) key = (file.Device, file.Inode);
            Fifo known = _fifos.TryGetValue(key, out Fifo found)
                ? found
                : new Fifo(new ByteString(path), pid, false, false);
            _fifos[key] = known with { IsRead = known.IsRead || reads, IsWritten = known.IsWritten || writes };
        }
    }

    /// <summary>In what somebody outside of the command took part, or may have.</summary>
    /// <param name="isOurs">Whether a process is, or was, one of the command.</param>
    public IReadOnlyList<(int Pid, string Text)> Unexplained(Func<int, bool> isOurs)
    {
        lock (_lock)
        {
            var found = new List<(int, string)>();
            foreach ((int peer, int pid) in _accepted)
            {
                if (!isOurs(peer))
                {
                    found.Add((pid, peer == 0
                        ? "somebody connected to its unix socket"
                        : $"process {peer} connected to its unix socket"));
                }
            }

            // The command's connects may have failed, so this finds only some of the connections from outside.
            if (_accepted.Count + _nameless.Count > _connects && _nameless.Count > 0)
            {
                found.Add((_nameless[0], "more connections came to its unix sockets than it has made"));
            }

            foreach ((int pid, ByteString name) in _idle.Values)
            {
                found.Add(
                    (pid,
                        $"its socket {(name.Span is [0, ..] ? "@" + new ByteString(name.Span[1..]) : name)} waits for "
                        + "datagrams, which it does not send itself"));
            }

            foreach (Fifo fifo in _fifos.Values)
            {
                if (fifo.IsRead != fifo.IsWritten)
                {
                    found.Add(
                        (fifo.Pid, fifo.IsRead
                            ? $"it reads from the FIFO {fifo.Path}, into which it does not write itself"
                            : $"it writes into the FIFO {fifo.Path}, from which it does not read itself"));
                }
            }

            return found;
        }
    }

    private static (ByteString Name, (ulong Device, ulong Inode) File) Key(ByteString name, in FileStamp file) =>
        file.Exists ? (default, (file.Device, file.Inode)) : (name, default);

    private readonly record struct Fifo(ByteString Path, int Pid, bool IsRead, bool IsWritten);
}

using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>Who is at the other end of the unix sockets and FIFOs that the command serves: one of its processes, or somebody outside of it. Thread-safe.</summary>
/// <remarks>
/// The kernel tells who has connected to a socket. Who sends datagrams, or opens a FIFO, it does not: there it must show that the command itself was at the other
/// end. Somebody who joins it there is not seen.
/// </remarks>
internal sealed class Meetings
{
    private readonly Lock _lock = new();
    private readonly List<(int Peer, int Pid)> _accepted = [];
    private readonly List<int> _nameless = [];
    private readonly Dictionary<(ByteString Name, (ulong Device, ulong Inode) File), (int Pid, ByteString Name)> _idle = [];
    private readonly HashSet<(ByteString Name, (ulong Device, ulong Inode) File)> _reached = [];
    private readonly Dictionary<(ulong Device, ulong Inode), Fifo> _fifos = [];
    private int _connects;

    /// <summary>A process took a connection.</summary>
    /// <param name="peer">The process that made it, 0 for one that we cannot see; null where the kernel does not tell.</param>
    /// <param name="pid">The process that took it.</param>
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

    /// <summary>A socket for datagrams was bound.</summary>
    /// <param name="name">An abstract name, or its file.</param>
    /// <param name="file">Its file; none for an abstract name.</param>
    /// <param name="pid">The process.</param>
    public void Receive(ByteString name, in FileStamp file, int pid)
    {
        lock (_lock)
        {
            // It can be reached before the end of the bind is seen, and even before there was a file to see.
            if (!_reached.Contains(Key(name, file)) && !_reached.Contains(Key(name, default)))
            {
                _idle[Key(name, file)] = (pid, name);
            }
        }
    }

    /// <summary>A process of the command reaches for a socket of the command.</summary>
    public void Reach(ByteString name, in FileStamp file)
    {
        lock (_lock)
        {
            _connects++;
            _reached.Add(Key(name, file));
            _idle.Remove(Key(name, file));
        }
    }

    /// <summary>A process reaches for a socket that is not there yet.</summary>
    public void ReachEarly(ByteString name)
    {
        lock (_lock)
        {
            _reached.Add(Key(name, default));
        }
    }

    /// <summary>A FIFO was opened.</summary>
    public void Open(in FileStamp file, ReadOnlySpan<byte> path, bool reads, bool writes, int pid)
    {
        lock (_lock)
        {
            (ulong, ulong) key = (file.Device, file.Inode);
            Fifo known = _fifos.TryGetValue(key, out Fifo found) ? found : new Fifo(new ByteString(path), pid, false, false);
            _fifos[key] = known with { IsRead = known.IsRead || reads, IsWritten = known.IsWritten || writes };
        }
    }

    /// <summary>What somebody outside of the command had a part in, or may have had.</summary>
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
                    found.Add((pid, peer == 0 ? "somebody connected to its unix socket" : $"process {peer} connected to its unix socket"));
                }
            }

            // Who reached for a socket may not have come through, so this is the least that is known.
            if (_accepted.Count + _nameless.Count > _connects && _nameless.Count > 0)
            {
                found.Add((_nameless[0], "more connections came to its unix sockets than it has made"));
            }

            foreach ((int pid, ByteString name) in _idle.Values)
            {
                found.Add((pid, $"its socket {(name.Span is [0, ..] ? "@" + new ByteString(name.Span[1..]) : name)} waits for datagrams, which it does not send itself"));
            }

            foreach (Fifo fifo in _fifos.Values)
            {
                if (fifo.IsRead != fifo.IsWritten)
                {
                    found.Add((fifo.Pid, fifo.IsRead ? $"it reads from the FIFO {fifo.Path}, into which it does not write itself" : $"it writes into the FIFO {fifo.Path}, from which it does not read itself"));
                }
            }

            return found;
        }
    }

    private static (ByteString Name, (ulong Device, ulong Inode) File) Key(ByteString name, in FileStamp file) =>
        file.Exists ? (default, (file.Device, file.Inode)) : (name, default);

    private readonly record struct Fifo(ByteString Path, int Pid, bool IsRead, bool IsWritten);
}

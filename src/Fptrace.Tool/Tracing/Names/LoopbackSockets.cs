using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>Sockets by which processes of the command reach each other on this machine's own addresses: that is no network. Thread-safe.</summary>
/// <remarks>
/// A socket that the command has bound is known by its inode, so a connection leads to the command if all sockets that listen there are of that kind. Who connects
/// to such a socket is known by both addresses. What cannot be told before the end waits for it: <see cref="Unexplained"/>.
/// </remarks>
internal sealed class LoopbackSockets
{
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _listeners = [];
    private readonly Dictionary<ulong, (int Pid, string Text)> _idle = [];
    private readonly HashSet<ulong> _receivers = [];
    private readonly HashSet<InternetEndpoint> _clients = [];
    private readonly HashSet<int> _reached = [];
    private readonly List<(InternetEndpoint Peer, int Pid, string Text)> _accepted = [];
    private readonly List<(int Port, int Pid, string Text)> _refused = [];

    /// <summary>The command has bound a socket for connections.</summary>
    public void AddListener(ulong inode)
    {
        lock (_lock)
        {
            _listeners.Add(inode);
        }
    }

    /// <summary>The command has bound a socket for datagrams, and who sends to it is not seen: that the command does must show.</summary>
    public void AddReceiver(ulong inode, int pid, string text)
    {
        lock (_lock)
        {
            if (_receivers.Add(inode))
            {
                _idle[inode] = (pid, text);
            }
        }
    }

    /// <summary>A process of the command sends datagrams from this socket, so answers may go there.</summary>
    public void AddSender(ulong inode)
    {
        lock (_lock)
        {
            _receivers.Add(inode);
        }
    }

    /// <summary>Whether all of these are the command's; none is not.</summary>
    public bool AreListeners(List<ulong> inodes, int port)
    {
        lock (_lock)
        {
            bool are = inodes.Count > 0 && inodes.TrueForAll(_listeners.Contains);
            if (are)
            {
                _reached.Add(port);
            }

            return are;
        }
    }

    /// <summary>Whether all of these are the command's; none is not.</summary>
    public bool AreReceivers(List<ulong> inodes)
    {
        lock (_lock)
        {
            bool are = inodes.Count > 0 && inodes.TrueForAll(_receivers.Contains);
            if (are)
            {
                inodes.ForEach(inode => _idle.Remove(inode));
            }

            return are;
        }
    }

    /// <summary>The near end of a connection that the command has made.</summary>
    public void AddClient(InternetEndpoint client)
    {
        lock (_lock)
        {
            _clients.Add(client);
        }
    }

    /// <summary>A process of the command took a connection.</summary>
    public void Accept(InternetEndpoint peer, int pid, string text)
    {
        lock (_lock)
        {
            _accepted.Add((peer, pid, text));
        }
    }

    /// <summary>Nobody listened; perhaps the command does later.</summary>
    public void Refuse(int port, int pid, string text)
    {
        lock (_lock)
        {
            _refused.Add((port, pid, text));
        }
    }

    /// <summary>What had to do with somebody outside of the command, as far as can be told.</summary>
    public IReadOnlyList<(int Pid, string Text)> Unexplained()
    {
        lock (_lock)
        {
            return
            [
                .. _refused.Where(one => !_reached.Contains(one.Port)).Select(one => (one.Pid, one.Text)),
                .. _accepted.Where(one => !_clients.Contains(one.Peer)).Select(one => (one.Pid, one.Text)),
                .. _idle.Values,
            ];
        }
    }
}

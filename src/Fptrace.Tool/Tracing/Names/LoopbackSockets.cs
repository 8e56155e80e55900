using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>
/// Sockets by which processes of the command reach each other through internet addresses. Thread-safe.
/// </summary>
/// <remarks>
/// That is no network. A socket that the command has bound is known by its inode. A connection leads to the command if
/// all sockets that listen at its address are such. The client of an accepted connection is known by its address. What
/// can be told only in the end, <see cref="Unexplained"/> tells.
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

    /// <summary>Adds a socket for connections that the command has bound.</summary>
    public void AddListener(ulong inode)
    {
        lock (_lock)
        {
            _listeners.Add(inode);
        }
    }

    /// <summary>Adds a socket for datagrams that the command has bound.</summary>
    /// <remarks>Nobody sees who sends to it, so it is explained only if the command is seen to send there.</remarks>
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

    /// <summary>Adds a socket from which the command sends datagrams, so that answers may come there.</summary>
    public void AddSender(ulong inode)
    {
        lock (_lock)
        {
            _receivers.Add(inode);
        }
    }

    /// <summary>Whether these are all sockets of the command, and at least one.</summary>
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

    /// <summary>Whether these are all sockets of the command, and at least one.</summary>
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

    /// <summary>Adds the local address of a connection that the command has made.</summary>
    public void AddClient(InternetEndpoint client)
    {
        lock (_lock)
        {
            _clients.Add(client);
        }
    }

    /// <summary>Notes that a process of the command accepted a connection.</summary>
    public void Accept(InternetEndpoint peer, int pid, string text)
    {
        lock (_lock)
        {
            _accepted.Add((peer, pid, text));
        }
    }

    /// <summary>
    /// Notes that a connect was refused, since nobody listened. The command itself may listen there later.
    /// </summary>
    public void Refuse(int port, int pid, string text)
    {
        lock (_lock)
        {
            _refused.Add((port, pid, text));
        }
    }

    /// <summary>What may have involved somebody outside of the command.</summary>
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

using System.Buffers.Binary;
using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Supervision;

/// <summary>The tracer's end of the socket to its proxy, the process that the caller started and waits for.</summary>
/// <remarks>
/// See <see cref="Proxy"/>. When the proxy is killed, its end of the socket closes. Then the tracer ends too, and takes
/// the command along.
/// </remarks>
internal sealed class ProxyConnection
{
    /// <summary>First argument of the tool when it traces behind a proxy; the second is SOCKET:IGNORED:LIMIT, and
    /// :OUT:ERR where the proxy relays these streams.</summary>
    public const string Argument = "--behind-proxy";

    /// <summary>Message: the proxy returns with the status that follows, and the tracer lingers.</summary>
    public const byte Return = 1;

    /// <summary>Message: the proxy runs the command itself, untraced.</summary>
    public const byte RunUntraced = 2;

    /// <summary>Message: the signal that follows killed the command.</summary>
    public const byte Killed = 3;

    private const int MostLooks = 200;

    private readonly MessageSocket _socket;
    private readonly int _pid = OwnProcess.ParentId;
    private readonly CallerPipes? _pipes;
    private volatile bool _released;

    private ProxyConnection(MessageSocket socket, CallerPipes? pipes) => (_socket, _pipes) = (socket, pipes);

    /// <summary>The connection of this process; null when it has no proxy.</summary>
    public static ProxyConnection? Current { get; private set; }

    /// <summary>The process that the caller has started: the proxy, if there is one.</summary>
    public static int CallersProcess => Current?._pid ?? Environment.ProcessId;

    /// <summary>
    /// Takes the two words that a proxy has put before the command line, and makes <see cref="Current"/> of them.
    /// </summary>
    public static string[] Adopt(string[] args)
    {
        if (args is not [Argument, var line, ..])
        {
            return args;
        }

        string[] fields = line.Split(':');
        var socket = new MessageSocket(int.Parse(fields[0], CultureInfo.InvariantCulture));
        DescriptorFlags.CloseOnExec(socket.Descriptor);
        StartState.Inherit(ulong.Parse(fields[1], CultureInfo.InvariantCulture),
            ulong.Parse(fields[2], CultureInfo.InvariantCulture));
        Current = new ProxyConnection(socket, fields.Length > 3
            ? new CallerPipes(int.Parse(fields[3], CultureInfo.InvariantCulture),
                int.Parse(fields[4], CultureInfo.InvariantCulture))
            : null);
        Current.EndWithProxy();
        return args[2..];
    }

    /// <summary>Before a command whose output this process reads: what we write goes through the proxy.</summary>
    public void LetGoOfOutput() => _pipes?.LetGoOfOutput();

    /// <summary>Gives up the caller's pipes, when the command has them.</summary>
    /// <returns>The process that has the command's standard streams open.</returns>
    public int LetGoOfStreams()
    {
        if (_pipes is null)
        {
            return Environment.ProcessId;
        }

        _pipes.LetGoOfStreams();
        return _pipes.AreOutputsOurs ? Environment.ProcessId : _pid;
    }

    /// <summary>All is done. The proxy returns even if a file system holds one of our threads.</summary>
    public void End(int exitStatus)
    {
        if (_pipes is not null && !_released)
        {
            _released = true;
            _pipes.LetGo();
            SendReturn(exitStatus);
        }
    }

    /// <summary>Passes on each signal that the proxy gets, until the proxy is gone.</summary>
    public void Listen(Action<int> signalled) =>
        new Thread(() => Run(signalled)) { IsBackground = true, Name = "proxy" }.Start();

    /// <summary>Whether there is a terminal. A proxy may have none.</summary>
    public bool IsAtTerminal { get; } = Proxy.HasTerminal();

    /// <summary>
    /// Whether the proxy leads the session. When a terminal hangs up, the kernel signals only the leader.
    /// </summary>
    public bool LeadsSession => Jobs.SessionOf(0) == _pid;

    /// <summary>Whether the proxy is stopped as a job.</summary>
    public bool IsStopped => ProcessStatus.Of(_pid).IsStopped;

    /// <summary>Stops the proxy, and waits until it is stopped.</summary>
    /// <remarks>So whatever signal it reported by then came before the stop.</remarks>
    public void Stop()
    {
        Children.Kill(_pid, signal.SIGSTOP);

        // The kernel tells only the parent of the proxy that it has stopped. It may also have been continued already.
        for (int look = 0; look < MostLooks && !IsStopped; look++)
        {
            Thread.Sleep(1);
        }
    }

    public void Continue() => Children.Kill(_pid, signal.SIGCONT);

    /// <summary>Tells which signal killed the command. The proxy may end by the same signal.</summary>
    public void TellDeath(int number) => _socket.Send([Killed, (byte)number]);

    /// <summary>Lets the proxy return. The tracer stays, and closes what the caller may wait for.</summary>
    public void Release(int exitStatus)
    {
        _released = true;
        OwnProcess.LetGoOfCaller(_socket.Descriptor);
        SendReturn(exitStatus);
    }

    private void SendReturn(int exitStatus)
    {
        Span<byte> message = stackalloc byte[5];
        message[0] = Return;
        BinaryPrimitives.WriteInt32LittleEndian(message[1..], exitStatus);
        _socket.Send(message);
    }

    /// <summary>Lets the proxy run the command itself.</summary>
    public void LeaveUntraced() => _socket.Send([RunUntraced]);

    private void Run(Action<int> signalled)
    {
        Span<byte> message = stackalloc byte[1];
        while (_socket.Receive(message) == 1)
        {
            signalled(message[0]);
        }

        Abandon();
    }

    // The first look at a file may hold us before anybody listens to the proxy.
    private void EndWithProxy()
    {
        if (_pipes is not null)
        {
            new Thread(() =>
            {
                Pipes.WaitForHangUp(_socket.Descriptor);
                Abandon();
            }, maxStackSize: 64 * 1024) { IsBackground = true, Name = "caller" }.Start();
        }
    }

    private void Abandon()
    {
        if (!_released)
        {
            // PTRACE_O_EXITKILL kills the tracees when this process exits.
            _pipes?.LetGo();
            OwnProcess.Exit(ExitCodes.Internal);
        }
    }
}

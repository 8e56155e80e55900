using System.Buffers.Binary;
using System.Globalization;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Supervision;

/// <summary>The tracer's end of the line to its proxy: the process that the caller started and waits for.</summary>
/// <remarks>See <see cref="Proxy"/>. When the proxy is killed nothing that it started survives: its end of the line
/// closes.</remarks>
internal sealed class ProxyConnection
{
    /// <summary>First argument of the tool when it traces behind a proxy; the second is SOCKET:IGNORED:LIMIT.</summary>
    public const string Argument = "--behind-proxy";

    /// <summary>The proxy returns with this status; the tracer lingers.</summary>
    public const byte Return = 1;

    /// <summary>The proxy becomes the command itself, untraced.</summary>
    public const byte RunUntraced = 2;

    /// <summary>The command was killed by the signal that follows.</summary>
    public const byte Killed = 3;

    private const int MostLooks = 200;

    private readonly MessageSocket _socket;
    private readonly int _pid = OwnProcess.ParentId;
    private volatile bool _released;

    private ProxyConnection(MessageSocket socket) => _socket = socket;

    /// <summary>Of this process, if it has a proxy.</summary>
    public static ProxyConnection? Current { get; private set; }

    /// <summary>Takes the words from the command line that a proxy put there.</summary>
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
        Current = new ProxyConnection(socket);
        return args[2..];
    }

    /// <summary>Passes on each signal that the proxy got, until the proxy is gone.</summary>
    public void Listen(Action<int> signalled) =>
        new Thread(() => Run(signalled)) { IsBackground = true, Name = "proxy" }.Start();

    /// <summary>It leads the session: a terminal that hangs up tells it alone.</summary>
    public bool LeadsSession => Jobs.SessionOf(0) == _pid;

    /// <summary>It stands still as a job.</summary>
    public bool IsStopped => ProcessStatus.Of(_pid).IsStopped;

    /// <summary>Returns when it stands still, so that what it told until then is known to be from before.</summary>
    public void Stop()
    {
        Children.Kill(_pid, signal.SIGSTOP);

        // Its stop is announced to its parent alone. Somebody may already have continued it.
        for (int look = 0; look < MostLooks && !IsStopped; look++)
        {
            Thread.Sleep(1);
        }
    }

    public void Continue() => Children.Kill(_pid, signal.SIGCONT);

    /// <summary>How the command ended; the proxy may end in the same way when we have.</summary>
    public void TellDeath(int number) => _socket.Send([Killed, (byte)number]);

    /// <summary>The proxy returns; we stay, and hold nothing that the caller waits for.</summary>
    public void Release(int exitStatus)
    {
        _released = true;
        OwnProcess.LetGoOfCaller(_socket.Descriptor);
        Span<byte> message = stackalloc byte[5];
        message[0] = Return;
        BinaryPrimitives.WriteInt32LittleEndian(message[1..], exitStatus);
        _socket.Send(message);
    }

    /// <summary>The proxy becomes the command.</summary>
    public void LeaveUntraced() => _socket.Send([RunUntraced]);

    private void Run(Action<int> signalled)
    {
        Span<byte> message = stackalloc byte[1];
        while (_socket.Receive(message) == 1)
        {
            signalled(message[0]);
        }

        if (!_released)
        {
            // PTRACE_O_EXITKILL takes the tracees along.
            OwnProcess.Exit(ExitCodes.Internal);
        }
    }
}

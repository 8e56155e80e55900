using System.Buffers;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Proc;
using Fptrace.Model;

namespace Fptrace.Tracing.Plan;

/// <summary>
/// Watches a terminal that the command has as a standard stream: what it prints, asks and reads there.
/// </summary>
/// <remarks>
/// The command has the terminal itself, and no pipe of ours is between. We open the terminal anew for stdout and for
/// stderr, so that kcmp(2) tells the two apart, whatever number they have in a process. Some programs, such as node,
/// open the terminal once more by its name. Of which stream their text is, nobody knows. Thread-safe.
/// </remarks>
internal sealed class TerminalWatch
{
    private readonly TerminalStreams _streams;
    private readonly int[] _own;
    private readonly int[] _others;
    private readonly ulong[] _devices = new ulong[3];
    private readonly bool _isTold = Descriptions.AreTold;
    private readonly List<(TerminalStreams Streams, ArrayBufferWriter<byte> Bytes)> _chunks = [];
    private readonly long _limit;
    private int _asked;
    private volatile bool _asksSize;
    private volatile bool _isOpenedAnew;
    private volatile bool _isOpenedForReading;
    private volatile bool _isRead;
    private volatile string? _fault;
    private long _size;

    /// <param name="streams">Which standard streams of the command are a terminal.</param>
    /// <param name="own">Our own descriptors of stdin, stdout and stderr of the command.</param>
    /// <param name="others">More descriptors of ours that may be the terminal as others have it open.</param>
    /// <param name="limit">How many printed bytes are kept at most.</param>
    public TerminalWatch(TerminalStreams streams, int[] own, int[] others, long limit)
    {
        (_streams, _own, _others, _limit) = (streams, own, others, limit);
        for (int fd = 0; fd <= 2; fd++)
        {
            _devices[fd] = Has(fd) ? Terminals.DeviceOf("\0"u8, own[fd]) : 0;
        }
    }

    /// <summary>Whether the text matters that the command writes to the terminal.</summary>
    public bool SeesWrites => (_streams & (TerminalStreams.Output | TerminalStreams.Error)) != 0;

    /// <summary>For which streams the command asked something that only a terminal answers.</summary>
    public TerminalStreams Asked => (TerminalStreams)Volatile.Read(ref _asked) & _streams;

    /// <summary>Whether the command asked for the size of the terminal.</summary>
    public bool AsksSize => _asksSize;

    /// <summary>Whether the command read, through its stdin, what somebody typed.</summary>
    public bool IsRead => _isRead;

    /// <summary>Whether the command opened the terminal by a name, and can read there.</summary>
    public bool IsOpenedForReading => _isOpenedForReading;

    /// <summary>Whether the job was stopped for a while, so that others had the terminal.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>Why the printed text cannot be told, in words; null when it can.</summary>
    public string? Fault => Volatile.Read(ref _size) > _limit ? $"it printed more than {_limit >> 20} MiB" : _fault;

    /// <summary>Which of the streams a descriptor of a process is.</summary>
    /// <returns>Several where nobody can tell which; none where it is no terminal of the command.</returns>
    public TerminalStreams StreamsOf(int tid, int fd)
    {
        TerminalStreams found = TerminalStreams.None;
        for (int stream = 0; stream <= 2 && _isTold; stream++)
        {
            if (Has(stream) && Descriptions.Same(tid, fd, _own[stream]) == true)
            {
                found |= Stream(stream);
            }
        }

        foreach (int other in _others)
        {
            if (found == TerminalStreams.None && _isTold && Descriptions.Same(tid, fd, other) == true)
            {
                return _streams;
            }
        }

        return found != TerminalStreams.None ? found
            : _isTold && !_isOpenedAnew ? TerminalStreams.None
            : LooksSame(tid, fd);
    }

    /// <summary>Whether a device is the terminal, or may be.</summary>
    public bool IsOne(ulong device) =>
        device != 0 && (device == Terminals.Controlling || Array.IndexOf(_devices, device) >= 0);

    /// <summary>Called when a process has opened the terminal, or what may be it, by a name.</summary>
    public void Opened(bool reads)
    {
        _isOpenedAnew = true;
        _isOpenedForReading |= reads;
    }

    public void Ask(TerminalStreams streams, bool size)
    {
        Interlocked.Or(ref _asked, (int)streams);
        _asksSize |= size && streams != TerminalStreams.None;
    }

    public void Stopped() => WasStopped = true;

    public void Read() => _isRead = true;

    public void AddFault(string what) => _fault ??= what;

    /// <summary>Adds printed text.</summary>
    public void Add(TerminalStreams streams, ReadOnlySpan<byte> bytes)
    {
        lock (_chunks)
        {
            Volatile.Write(ref _size, _size + bytes.Length);
            if (_size > _limit)
            {
                _chunks.Clear();
                return;
            }

            // Text that goes to the terminal through stdin may be of either stream.
            TerminalStreams printed = _streams & (TerminalStreams.Output | TerminalStreams.Error);
            streams = (streams & TerminalStreams.Input) != 0 ? printed : streams & printed;
            if (_chunks.Count == 0 || _chunks[^1].Streams != streams)
            {
                _chunks.Add((streams, new ArrayBufferWriter<byte>()));
            }

            _chunks[^1].Bytes.Write(bytes);
        }
    }

    /// <summary>All printed text in order, each piece with the streams that it may be of.</summary>
    public IReadOnlyList<(TerminalStreams Streams, ReadOnlyMemory<byte> Bytes)> Printed()
    {
        lock (_chunks)
        {
            return [.. _chunks.Select(chunk => (chunk.Streams, chunk.Bytes.WrittenMemory))];
        }
    }

    private static TerminalStreams Stream(int fd) => (TerminalStreams)(1 << fd);

    private bool Has(int fd) => (_streams & Stream(fd)) != 0;

    private TerminalStreams LooksSame(int tid, int fd) =>
        fd >= 0 && IsOne(Terminals.DeviceOf(ProcPath.Of(tid, "fd"u8, fd))) ? _streams : TerminalStreams.None;
}

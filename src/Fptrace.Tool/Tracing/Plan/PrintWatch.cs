using System.Collections.Concurrent;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;

namespace Fptrace.Tracing.Plan;

/// <summary>Counts what a command writes to files that it has as its stdout and stderr.</summary>
/// <remarks>
/// The command has the files themselves, and no pipe of ours is between. Others may write to them meanwhile, as a make
/// does that prints its next command. So what was added to a file is the command's only if the lengths of its own
/// writes add up to that. kcmp(2) tells whether a descriptor is such a file, whatever its number. Thread-safe.
/// </remarks>
internal sealed class PrintWatch
{
    private readonly bool[] _isWatched;
    private readonly long[] _written = new long[2];
    private readonly ConcurrentDictionary<int, string> _faults = [];
    private readonly byte[]?[] _links = new byte[]?[2];

    /// <param name="output">Whether stdout is watched. It is our own descriptor 1.</param>
    /// <param name="error">Whether stderr is watched. It is our own descriptor 2.</param>
    /// <param name="reads">Whether the command can also read such a file through the descriptor.</param>
    public PrintWatch(bool output, bool error, bool reads)
    {
        _isWatched = [output, error];
        Reads = reads;
        byte[] link = new byte[4096];
        for (int stream = 0; stream < 2; stream++)
        {
            int length = Descriptions.AreTold
                ? 0
                : Files.ReadLink(ProcPath.Of(Environment.ProcessId, "fd"u8, stream + 1), link);
            _links[stream] = length > 0 ? link[..length] : null;
        }
    }

    /// <summary>Whether reads are watched, too.</summary>
    public bool Reads { get; }

    /// <summary>How many bytes the command has written.</summary>
    /// <param name="stream">0 is stdout, also where both are one open file; 1 is stderr.</param>
    public long Written(int stream) => Interlocked.Read(ref _written[stream]);

    /// <summary>What else the command did to the file, in words; null for nothing.</summary>
    public string? Fault(int stream) => _faults.GetValueOrDefault(stream);

    /// <summary>Which of the watched streams a descriptor of a process is: 0, 1, or null for neither.</summary>
    public int? StreamOf(int tid, int fd)
    {
        for (int stream = 0; stream < 2; stream++)
        {
            if (_isWatched[stream] && (Descriptions.Same(tid, fd, stream + 1) ?? LooksSame(tid, fd, stream)))
            {
                return stream;
            }
        }

        return null;
    }

    public void Add(int stream, long bytes) => Interlocked.Add(ref _written[stream], bytes);

    public void AddFault(int stream, string what) => _faults.TryAdd(stream, what);

    // For where kcmp is denied. To count too much is safe: the sum is then not what the file has grown by.
    private bool LooksSame(int tid, int fd, int stream)
    {
        byte[] link = new byte[4096];
        int length = Files.ReadLink(ProcPath.Of(tid, "fd"u8, fd), link);
        return length > 0 && link.AsSpan(0, length).SequenceEqual(_links[stream]);
    }
}

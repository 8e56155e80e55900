using System.Collections.Concurrent;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Plan;

/// <summary>Counts what a command writes to a stdout or stderr of which it has the file itself, with nobody between.</summary>
/// <remarks>
/// Others may write to the same open file meanwhile, as a make does that prints its next command: only what the command's own calls have written tells
/// whether what was added to the file is the command's. They are told by kcmp(2), whatever number they have in the process. Thread-safe.
/// </remarks>
internal sealed class PrintWatch
{
    private readonly bool[] _isWatched;
    private readonly long[] _written = new long[2];
    private readonly ConcurrentDictionary<int, string> _faults = [];
    private readonly byte[]?[] _links = new byte[]?[2];

    /// <param name="output">stdout is watched; it is our own descriptor 1.</param>
    /// <param name="error">stderr is; it is our own descriptor 2.</param>
    /// <param name="reads">What stands in one of them can be read through it, too.</param>
    public PrintWatch(bool output, bool error, bool reads)
    {
        _isWatched = [output, error];
        Reads = reads;
        byte[] link = new byte[4096];
        for (int stream = 0; stream < 2; stream++)
        {
            int length = Descriptions.AreTold ? 0 : Files.ReadLink(ProcPath.Of(Environment.ProcessId, "fd"u8, stream + 1), link);
            _links[stream] = length > 0 ? link[..length] : null;
        }
    }

    /// <summary>Reads are watched, too.</summary>
    public bool Reads { get; }

    /// <summary>Bytes that were written.</summary>
    /// <param name="stream">0 is stdout, also where both are one open file; 1 is stderr.</param>
    public long Written(int stream) => Interlocked.Read(ref _written[stream]);

    /// <summary>What else was done to it, in words; null when nothing was.</summary>
    public string? Fault(int stream) => _faults.GetValueOrDefault(stream);

    /// <summary>Which of them a descriptor of a process is, or null.</summary>
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

    // Where kcmp is denied: what is counted too much does no harm, for it fits nothing then.
    private bool LooksSame(int tid, int fd, int stream)
    {
        byte[] link = new byte[4096];
        int length = Files.ReadLink(ProcPath.Of(tid, "fd"u8, fd), link);
        return length > 0 && link.AsSpan(0, length).SequenceEqual(_links[stream]);
    }
}

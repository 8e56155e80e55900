using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>What the descriptors 0 to 2 of a thread led to when they were last read or written. Owns a descriptor; see <see cref="ReadLink"/>.</summary>
/// <remarks>A program that writes byte by byte asks for nothing but this, a hundred thousand times a second.</remarks>
internal sealed class StandardStreams : IDisposable
{
    // Most threads make a few calls. From here on /proc/TID/fd stays open, which saves a fifth of each lookup.
    private const int Busy = 64;

    // Names of the entries in /proc/TID/fd, each with its NUL.
    private static readonly byte[][] s_entries = [[(byte)'0', 0], [(byte)'1', 0], [(byte)'2', 0]];

    private readonly byte[]?[] _links = new byte[]?[6];
    private readonly Lock _lock = new();
    private int _calls;
    private int _directory = -1;
    private bool _disposed;

    /// <summary>Reads the link /proc/TID/fd/FD.</summary>
    /// <returns>Its length, or −errno.</returns>
    public int ReadLink(int tid, int fd, Span<byte> link)
    {
        if (_directory < 0 && ++_calls < Busy)
        {
            return Files.ReadLink(ProcPath.Of(tid, "fd"u8, fd), link);
        }

        // The ptrace thread closes it when the tracee is gone, which SIGKILL can bring about at any moment.
        lock (_lock)
        {
            if (_directory < 0 && !_disposed)
            {
                _directory = Files.Open(fcntl.AT_FDCWD, ProcPath.Of(tid, "fd"u8), fcntl.O_PATH);
            }

            return _directory < 0 ? _directory : Files.ReadLink(_directory, s_entries[fd], link);
        }
    }

    /// <summary>Whether the same link was seen here before.</summary>
    public bool Knows(int fd, bool writes, ReadOnlySpan<byte> link) => link.SequenceEqual(_links[Index(fd, writes)]);

    public void Remember(int fd, bool writes, ReadOnlySpan<byte> link) => _links[Index(fd, writes)] = link.ToArray();

    public void Dispose()
    {
        if (_calls >= Busy)
        {
            lock (_lock)
            {
                _disposed = true;
                Files.Close(_directory);
                _directory = -1;
            }
        }
    }

    private static int Index(int fd, bool writes) => (2 * fd) + (writes ? 1 : 0);
}

using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>What the descriptors 0 to 2 of a thread led to when they were last read or written.</summary>
/// <remarks>
/// A program that writes byte by byte asks for nothing but this, a hundred thousand times a second. Looking the descriptor up again
/// each time would cost half as much as the notification itself; so the few calls that can let 0 to 2 lead elsewhere are trapped as
/// well. Each thread knows of its own calls alone: where threads share one descriptor table nothing is taken for unchanged.
/// </remarks>
internal sealed class StandardStreams
{
    private readonly byte[]?[] _links = new byte[]?[6];
    private readonly int?[] _versions = new int?[6];

    /// <summary>Other threads may replace the descriptors.</summary>
    public bool IsShared { get; set; }

    /// <summary>Whether the descriptor leads where it led when it was recorded, under the same name.</summary>
    /// <param name="version">Of the names: <see cref="Renames.Version"/>.</param>
    public bool IsUnchanged(int fd, bool writes, int? version) => version is not null && _versions[Index(fd, writes)] == version && !IsShared;

    /// <summary>Whether the same link was recorded here before.</summary>
    /// <param name="version">From before the link was read.</param>
    public bool Knows(int fd, bool writes, ReadOnlySpan<byte> link, int? version)
    {
        int index = Index(fd, writes);
        if (!link.SequenceEqual(_links[index]))
        {
            return false;
        }

        _versions[index] = version;
        return true;
    }

    public void Remember(int fd, bool writes, ReadOnlySpan<byte> link, int? version)
    {
        int index = Index(fd, writes);
        _links[index] = link.ToArray();
        _versions[index] = version;
    }

    /// <summary>The descriptor is about to be closed or replaced.</summary>
    public void Forget(int fd) => _versions[Index(fd, writes: false)] = _versions[Index(fd, writes: true)] = null;

    private static int Index(int fd, bool writes) => (2 * fd) + (writes ? 1 : 0);
}

using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>Where the descriptors 0 to 2 of a thread led when it last read or wrote them.</summary>
/// <remarks>
/// A program that writes byte by byte does so a hundred thousand times a second. To look the descriptor up each time
/// would cost half as much as the notification itself. So the result is kept, and the few calls that can make 0 to 2
/// lead elsewhere are trapped as well. A thread knows only of its own calls: where threads share a descriptor table,
/// nothing is kept.
/// </remarks>
internal sealed class StandardStreams
{
    private readonly byte[]?[] _links = new byte[]?[6];
    private readonly int?[] _versions = new int?[6];

    /// <summary>Whether other threads may replace the descriptors.</summary>
    public bool IsShared { get; set; }

    /// <summary>Whether the descriptor still leads, by the same name, where it led when it was recorded.</summary>
    /// <param name="version">The present <see cref="Renames.Version"/>.</param>
    public bool IsUnchanged(int fd, Direction direction, int? version) =>
        version is not null && _versions[Index(fd, direction)] == version && !IsShared;

    /// <summary>
    /// Whether this link was recorded for the descriptor before. If so, it is kept with the new version.
    /// </summary>
    /// <param name="version">The <see cref="Renames.Version"/> from before the link was read.</param>
    public bool Knows(int fd, Direction direction, ReadOnlySpan<byte> link, int? version)
    {
        int index = Index(fd, direction);
        if (!link.SequenceEqual(_links[index]))
        {
            return false;
        }

        _versions[index] = version;
        return true;
    }

    public void Remember(int fd, Direction direction, ReadOnlySpan<byte> link, int? version)
    {
        int index = Index(fd, direction);
        _links[index] = link.ToArray();
        _versions[index] = version;
    }

    /// <summary>Called before the descriptor is closed or replaced.</summary>
    public void Forget(int fd) => _versions[Index(fd, Direction.Read)] = _versions[Index(fd, Direction.Write)] = null;

    private static int Index(int fd, Direction direction) => (2 * fd) + (direction == Direction.Write ? 1 : 0);
}

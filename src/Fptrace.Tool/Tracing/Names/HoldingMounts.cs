using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>The mounts that can hold a killed thread for ever: who looks there needs a proxy.</summary>
/// <remarks>
/// A request that the daemon of a FUSE mount has read is waited for in state D, and SIGKILL does not end that. So the
/// process for which the caller waits must not look there itself (<see cref="Supervision.Proxy"/>). The table of mounts
/// and the links in /proc tell all this without touching a mount.
/// </remarks>
/// <param name="points">Where they are mounted.</param>
internal sealed class HoldingMounts(IReadOnlyList<ByteString> points)
{
    public static readonly HoldingMounts None = new([]);

    public IReadOnlyList<ByteString> Points => points;

    public bool Any => points.Count > 0;

    /// <summary>Reads those of this process.</summary>
    public static HoldingMounts Read()
    {
        // Each start reads this. Most machines have none, and then only the text is searched.
        ReadOnlySpan<byte> table = MountWatch.Own?.Table;
        if (table.IndexOf(" - fuse"u8) < 0 && table.IndexOf(" - virtiofs "u8) < 0 && table.IndexOf(" - 9p "u8) < 0)
        {
            return None;
        }

        var found = new List<ByteString>();
        foreach (Mount mount in Mount.Read(table))
        {
            if (mount.HoldsTheKilled && !CountsForNothing(mount))
            {
                found.Add(mount.Point);
            }
        }

        return found.Count == 0 ? None : new HoldingMounts(found);
    }

    /// <summary>Whether an absolute path without links lies in one of them.</summary>
    public bool Hold(ReadOnlySpan<byte> path)
    {
        foreach (ByteString point in points)
        {
            if (PathNesting.IsAtOrBelow(path, point.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one of our standard streams is a file there.</summary>
    public bool HoldStream()
    {
        Span<byte> link = stackalloc byte[PathComponents.LongestPath];
        for (int fd = 0; Any && fd <= 2; fd++)
        {
            int length = Files.ReadLink(ProcPath.Of(Environment.ProcessId, "fd"u8, fd), link);
            if (length > 0 && Hold(link[..length]))
            {
                return true;
            }
        }

        return false;
    }

    // What containers and desktops mount everywhere, and no command uses: files below /proc and /sys (lxcfs), which the
    // tool cannot do without, and the documents of a desktop's programs. A proxy whose root directory is such a mount
    // (fuse-overlayfs) would be held as well.
    private static bool CountsForNothing(Mount mount) =>
        mount.Point.IsEmpty
        || PathNesting.IsAtOrBelow(mount.Point.Span, "/proc"u8) || PathNesting.IsAtOrBelow(mount.Point.Span, "/sys"u8)
        || mount.Type.Span.SequenceEqual("fuse.lxcfs"u8) || mount.Type.Span.SequenceEqual("fuse.portal"u8)
        || mount.Type.Span.SequenceEqual("fuse.gvfsd-fuse"u8);
}

using Fptrace.Model;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>Where in /proc a path turned out to lead. The path must then be resolved once more from there.</summary>
/// <param name="links">The links that lead there.</param>
/// <param name="followed">Called with each such link that is replaced by its target; null when nobody asks.</param>
internal sealed class WayIntoProc(OwnLinks links, Action<Tracee, ByteString>? followed)
{
    private ByteString _way;

    /// <summary>Called when another path begins.</summary>
    public void Forget() => _way = default;

    /// <summary>Returns the path in /proc, and forgets it.</summary>
    /// <returns>Empty for none.</returns>
    public ByteString Take()
    {
        ByteString way = _way;
        _way = default;
        return way;
    }

    /// <summary>Notes that a link leads into /proc, and the path from there on.</summary>
    public void Follow(Tracee tracee, ByteString link, ByteString way)
    {
        followed?.Invoke(tracee, link);
        _way = way;
    }

    /// <summary>Finds out whether the directories of a name lead into /proc, unless that is known already.</summary>
    public void Find(Tracee tracee, ReadOnlySpan<byte> name)
    {
        if (_way.IsEmpty && !tracee.HasForeignRoot && !name.StartsWith("/proc/"u8) && !name.StartsWith("/dev/"u8))
        {
            _way = links.OfDirectory(name, out ByteString link);
            if (!link.IsEmpty)
            {
                followed?.Invoke(tracee, link);
            }
        }
    }

    /// <summary>
    /// If a directory that ".." leaves is in /proc, notes that the rest of the path starts from there.
    /// </summary>
    public bool TryFollow(Tracee tracee, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> rest)
    {
        // In /proc itself, only the links count that we would follow to our own files.
        ReadOnlySpan<byte> within = [.. directory, (byte)'/'];
        if ((OwnLinks.IsOwn(within) && !ProcNames.LeadsThroughLink(within))
            || links.OfDirectory(within, out ByteString link) is not { IsEmpty: false } way)
        {
            return false;
        }

        Follow(tracee, link, new ByteString([.. way.Span, .. "../"u8, .. rest]));
        return true;
    }
}

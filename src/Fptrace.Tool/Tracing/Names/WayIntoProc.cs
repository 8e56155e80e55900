using Fptrace.Model;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Names;

/// <summary>A way into /proc that a path was found to take, and on which it must be resolved once more.</summary>
/// <param name="links">The links that lead there.</param>
/// <param name="followed">Told of each such link that is replaced by what it leads to. Null when nobody asks.</param>
internal sealed class WayIntoProc(OwnLinks links, Action<Tracee, ByteString>? followed)
{
    private ByteString _way;

    /// <summary>A new path begins.</summary>
    public void Forget() => _way = default;

    /// <summary>The way that was found; it is given out once.</summary>
    /// <returns>Empty for none.</returns>
    public ByteString Take()
    {
        ByteString way = _way;
        _way = default;
        return way;
    }

    /// <summary>A link leads into /proc, and what follows it is to be found from there.</summary>
    public void Follow(Tracee tracee, ByteString link, ByteString way)
    {
        followed?.Invoke(tracee, link);
        _way = way;
    }

    /// <summary>Looks whether the directories of a name lead into /proc, if no way is known yet.</summary>
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

    /// <summary>Whether a directory that ".." leads out of is in /proc: what follows is to be found from there.</summary>
    public bool TryFollow(Tracee tracee, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> rest)
    {
        // As it stands in /proc already, it must be one of the links there to be followed by the tracee alone.
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

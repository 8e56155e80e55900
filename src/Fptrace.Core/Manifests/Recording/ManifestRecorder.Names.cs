using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Notes files that have several names (hard links).</summary>
public sealed partial class ManifestRecorder
{
    // By device and inode: a change by one name changes the times that another one shows.
    private readonly HashSet<(ulong Device, ulong Inode)> _changedByName = [];

    private void NoteNames(in Access access, AccessFacts facts)
    {
        if (access.Kind == AccessKind.LinkFrom)
        {
            (access.Type == FileType.Symlink ? Named(facts.Named) : Followed(facts.Followed))?.IsLinked = true;
        }

        if (access.Before is { Links: > 1, Type: not FileType.Directory }
            && access.Kind is not (AccessKind.Read or AccessKind.Probe or AccessKind.Absent or AccessKind.Listing))
        {
            _changedByName.Add((access.Before.Device, access.Before.Inode));
        }
    }
}

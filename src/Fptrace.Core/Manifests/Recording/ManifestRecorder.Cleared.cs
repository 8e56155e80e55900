using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Directories that the step would have removed with all that is in them, had they been there: <c>rm -rf d;
/// mkdir d</c>.</summary>
/// <remarks>
/// All that rm does of it is to ask for the name, not following a link, and to find nothing. Most who merely look, as
/// make and <c>test -d</c>, follow one. <c>cp -r</c>, git and CMake do not either; but these make the directory
/// themselves, and others may then put files in it. So it matters that one program asked, and another made the
/// directory.
/// </remarks>
public sealed partial class ManifestRecorder
{
    private void NoteMissed(Execution execution, in Access access, AccessFacts facts)
    {
        if (access.AsksForName && Named(facts.Named) is { IsOwn: false } record && record.NameMissedBy != execution.Id)
        {
            record.IsNameMissedBySeveral = record.NameMissedBy != 0;
            record.NameMissedBy = execution.Id;
        }
    }

    /// <summary>Whether another program than the one that makes it may have been asked to remove it.</summary>
    private static bool IsCleared(Execution execution, PathRecord record) =>
        record.IsNameMissedBySeveral || (record.NameMissedBy != 0 && record.NameMissedBy != execution.Id);

    private bool IsInCleared(ReadOnlySpan<byte> path) => _records.GetAlternateLookup<ReadOnlySpan<byte>>()
        .TryGetValue(path[..Math.Max(path.LastIndexOf((byte)'/'), 0)], out PathRecord? above) && above.OwnsNames;
}

using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Finds directories that the step would have removed with everything in them, if they had existed.</summary>
/// <remarks>
/// For <c>rm -rf d; mkdir d</c> without <c>d</c>, the trace only shows that rm looked for the name without following a
/// link. Most programs that merely examine a path follow links, such as make and <c>test -d</c>. <c>cp -r</c>, git and
/// CMake do not, but these make the directory themselves, and others may put files into it. So the sign is that one
/// program asked and another one made the directory.
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

    /// <summary>
    /// Whether another program than the one that makes the directory may have been told to remove it.
    /// </summary>
    private static bool IsCleared(Execution execution, PathRecord record) =>
        record.IsNameMissedBySeveral || (record.NameMissedBy != 0 && record.NameMissedBy != execution.Id);

    private bool IsInCleared(ReadOnlySpan<byte> path) => _records.GetAlternateLookup<ReadOnlySpan<byte>>()
        .TryGetValue(path[..Math.Max(path.LastIndexOf((byte)'/'), 0)], out PathRecord? above) && above.OwnsNames;
}

using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>
/// Handles directories that became the step's own work after it had seen or renamed what was in them.
/// </summary>
/// <remarks>
/// <c>rm -rf d; mkdir d</c> would remove a further file in <c>d</c>, and <c>mv d e; ls e</c> would show it. So the run
/// depends on the names before, and the names that it left are part of its output. They are part of it even if
/// <c>rm</c> found no directory. If a run merely makes a directory, neither counts, because others may put files into
/// it.
/// </remarks>
internal sealed partial class RecordedEnd
{
    private static bool IsWithNames(PathRecord record, in FileState state) =>
        state.Type == FileType.Directory && (record.NamesSeen is not null || record.CameWhole || record.OwnsNames);

    private List<ByteString>? NamesBefore(PathRecord record) =>
        record is { NamesSeen: { } names, Before.Type: FileType.Directory }
        ? [.. names.Where(name => !IsLeftOut(record.Path, name, []))]
        : null;

    private List<ByteString>? NamesLeft(Measure measure, PathRecord record, in FileState state, int i)
    {
        if (!IsWithNames(record, state))
        {
            return null;
        }

        List<ByteString>? names = measure.Names(Stored(record.Path), []);
        if (names is null)
        {
            Refuse(i, $"a directory could not be listed again: {Words.Of(Stored(record.Path))}");
        }

        return names;
    }

    /// <summary>
    /// Whether an own name existed when the step listed the directory, before the step changed or removed it.
    /// </summary>
    private bool IsTaken(ByteString directory, ByteString name, HashSet<ByteString> ownNames)
    {
        var bare = new ByteString(ListedName.Bare(name.Span));
        return ownNames.Contains(bare) && _byPath[Join(directory, bare)].ExistedBefore;
    }

    /// <summary>The prior state. A listing of the directory shows that, too.</summary>
    private PriorState PriorStateOf(PathRecord record) =>
        record.PriorState == PriorState.Unseen
        && !record.ExistedBefore
        && record.Path.Span.LastIndexOf((byte)'/') is > 0 and int slash
        && _byPath.TryGetValue(new ByteString(record.Path.Span[..slash]), out PathRecord? directory)
        && directory.NamesSeen is not null ? PriorState.Seen : record.PriorState;
}

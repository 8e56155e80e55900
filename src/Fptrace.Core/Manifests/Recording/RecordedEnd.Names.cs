using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests.Recording;

/// <summary>Directories that became the step's own work after it had seen, or taken along, what was in them.</summary>
/// <remarks>
/// <c>rm -rf d; mkdir d</c> removes a file more that stands in <c>d</c>, and <c>mv d e; ls e</c> shows it. So the names
/// before are something that the run depends on, and the names that it left are part of its output, which they are too
/// where <c>rm</c> found no directory. Of one that a run merely makes neither counts: others may put files there.
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

    /// <summary>It was listed before the step changed or removed it.</summary>
    private bool IsTaken(ByteString directory, ByteString name, HashSet<ByteString> ownNames)
    {
        var bare = new ByteString(ListedName.Bare(name.Span));
        return ownNames.Contains(bare) && _byPath[Join(directory, bare)].ExistedBefore;
    }

    /// <summary>A listing of the directory shows whether something stands there, too.</summary>
    private PriorState PriorStateOf(PathRecord record) =>
        record.PriorState == PriorState.Unseen
        && !record.ExistedBefore
        && record.Path.Span.LastIndexOf((byte)'/') is > 0 and int slash
        && _byPath.TryGetValue(new ByteString(record.Path.Span[..slash]), out PathRecord? directory)
        && directory.NamesSeen is not null ? PriorState.Seen : record.PriorState;
}

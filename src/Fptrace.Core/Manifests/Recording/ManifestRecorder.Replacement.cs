using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>
/// Recognizes files that the step opens for writing and then truncates to 0: they are replaced, as with O_TRUNC.
/// </summary>
/// <remarks>
/// <c>sort -o</c> does so, and .NET, which locks the file in between. Between the open and the truncation nobody in the
/// step may have read the old content. The recorder sees other accesses to the file. A descriptor for writing alone
/// reads nothing, and the tracer knows whether one for reading and writing was read (<see cref="Unread"/>). Such a step
/// counts as having looked, because the descriptor shows the file's size.
/// </remarks>
public sealed partial class ManifestRecorder
{
    private readonly Dictionary<ByteString, FileState> _earlier = new(PathBytes.Comparer);

    /// <summary>What earlier runs left. A change mostly finds this state, and then need not read the content.</summary>
    public IReadOnlyList<StepOutput> Earlier
    {
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (StepOutput output in value)
            {
                _earlier[output.Path] = output.State;
            }
        }
    }

    private FileState KnownOutput(ByteString path) =>
        _earlier.Count == 0 ? default : _earlier.GetValueOrDefault(StoredPath.Shorten(path, _step.Root));

    public void Unread(AccessFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        lock (_gate)
        {
            if (Replaceable(facts) is { } record)
            {
                record.Readers--;
            }
        }
    }

    public void Emptied(AccessFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        lock (_gate)
        {
            if (Replaceable(facts) is { Readers: 0 } record)
            {
                record.UsesBefore = false;
                record.IsProbed = true;
            }

            Replaceable(facts)?.IsReplaceable = false;
        }
    }

    private PathRecord? Replaceable(AccessFacts facts) =>
        _summary is null && Followed(facts.Followed) is { IsOwn: true, IsReplaceable: true } record ? record : null;

    /// <summary>Whether the old state goes into the new one.</summary>
    private static bool Keeps(in Access access) => access.Kind switch
    {
        AccessKind.Write or AccessKind.ReadWrite or AccessKind.Attributes or AccessKind.Create => !access.Truncates,
        _ => access.Kind == AccessKind.RenameFrom,
    };

    /// <summary>
    /// Whether the first change is an open that keeps the content, and a truncation may still follow.
    /// </summary>
    private static bool MayBeReplaced(PathRecord record, in Access access) =>
        !access.Truncates && !record.IsRead && !record.IsTaken
        && (access.Kind is AccessKind.ReadWrite or AccessKind.Create
            || (access.Kind == AccessKind.Write && access.IsWriteOnly));

    /// <summary>
    /// Counts an open that may read the file. <see cref="Changing"/> has counted opens of existing files for reading
    /// and writing.
    /// </summary>
    private static void NoteReader(PathRecord? record, in Access access)
    {
        if (record is not null
            && (access.Kind == AccessKind.RenameFrom
                || (access.Kind == AccessKind.Create && !access.IsWriteOnly && !access.Truncates)))
        {
            record.Readers++;
        }
    }
}

using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>A file that is opened for writing as it is, and then cut to nothing, is replaced: <c>sort -o</c> does so,
/// and .NET, which locks first.</summary>
/// <remarks>
/// From the open to the cut nobody of the step may have read what stood there: other accesses to the file are seen, and
/// by way of an open for writing alone nothing is read; of one for reading and writing the tracer knows it
/// (<see cref="Unread"/>). The size shows in a descriptor, so the step counts as one that has looked.
/// </remarks>
public sealed partial class ManifestRecorder
{
    private readonly Dictionary<ByteString, FileState> _earlier = new(PathBytes.Comparer);

    /// <summary>What earlier runs left: it is what a change finds, most of the time, and then need not be
    /// read.</summary>
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
        _earlier.Count == 0 ? default : _earlier.GetValueOrDefault(StoredPath.Shorten(path.Span, _step.Root));

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

    /// <summary>Whether what stood there goes into what stands there afterwards.</summary>
    private static bool Keeps(in Access access) => access.Kind switch
    {
        AccessKind.Write or AccessKind.ReadWrite or AccessKind.Attributes or AccessKind.Create => !access.Truncates,
        _ => access.Kind == AccessKind.RenameFrom,
    };

    /// <summary>Whether the first change is an open that leaves the file as it is, and may yet be followed by the
    /// cut.</summary>
    private static bool MayBeReplaced(PathRecord record, in Access access) =>
        !access.Truncates && !record.IsRead && !record.IsTaken
        && (access.Kind is AccessKind.ReadWrite or AccessKind.Create
            || (access.Kind == AccessKind.Write && access.IsWriteOnly));

    /// <summary>Opens of existing files for reading and writing were announced before.</summary>
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

using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>A file that is opened for writing as it is, and then cut to nothing, is replaced: <c>sort -o</c> does so, and .NET, which locks first.</summary>
/// <remarks>
/// From the open to the cut nobody of the step may have read what stood there. That is certain while the file is open for writing alone, and every other access
/// to it is seen. Its size shows in a descriptor, so the step counts as one that has looked.
/// </remarks>
public sealed partial class ManifestRecorder
{
    private Dictionary<ByteString, FileState>? _earlier;

    /// <summary>What earlier runs left: it is what a change finds, most of the time, and then need not be read.</summary>
    public IReadOnlyList<StepOutput> Earlier { get; init; } = [];

    /// <summary>On the thread that <see cref="Changing"/> is called on.</summary>
    private FileState KnownOutput(ByteString path)
    {
        if (_earlier is null)
        {
            _earlier = new(PathBytes.Comparer);
            foreach (StepOutput output in Earlier)
            {
                _earlier[output.Path] = output.State;
            }
        }

        return _earlier.Count == 0 ? default : _earlier.GetValueOrDefault(StoredPath.Shorten(path.Span, _step.Root));
    }

    public void Emptied(ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            if (_summary is null && !path.IsEmpty && path[0] == (byte)'/' && Followed(new ByteString(path)) is { IsOwn: true, IsUnread: true } record)
            {
                record.UsesBefore = false;
                record.IsUnread = false;
                record.IsProbed = true;
            }
        }
    }

    /// <summary>Whether what stood there goes into what stands there afterwards.</summary>
    private static bool Keeps(in Model.FileAccess access) => access.Kind switch
    {
        AccessKind.Write or AccessKind.ReadWrite or AccessKind.Attributes or AccessKind.Create => !access.Truncates,
        _ => access.Kind == AccessKind.RenameFrom,
    };

    private static bool IsUnread(PathRecord record, in Model.FileAccess access) =>
        access is { Kind: AccessKind.Write or AccessKind.Create, Truncates: false, IsWriteOnly: true } && !record.IsRead && !record.IsTaken;

    /// <summary>Another access to what is the step's own already.</summary>
    private static void NoteUse(PathRecord? record, in Model.FileAccess access)
    {
        if (access.Kind is AccessKind.ReadWrite or AccessKind.RenameFrom || (access.Kind == AccessKind.Create && !access.IsWriteOnly))
        {
            record?.IsUnread = false;
        }
    }
}

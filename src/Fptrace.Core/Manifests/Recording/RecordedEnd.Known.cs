using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Recording;

/// <summary>Finds digests that are known already, and the order in which to read the other files.</summary>
internal sealed partial class RecordedEnd
{
    // Hashing so many bytes takes several times as long as starting a thread.
    private const int WorthThread = 1 << 20;

    private readonly DigestFile? _digests;
    private readonly Dictionary<ByteString, FileState> _known = new(PathBytes.Comparer);

    /// <summary>What earlier runs of the command left, by path.</summary>
    private readonly Dictionary<ByteString, StepOutput> _earlier = new(PathBytes.Comparer);

    /// <summary>
    /// Whether the step found what an earlier run of its command had made, without replacing anybody else's file.
    /// </summary>
    private bool IsOwnWork(PathRecord record, ByteString path) =>
        _earlier.TryGetValue(path, out StepOutput? earlier) && !earlier.IsOver && earlier.State.IsSame(record.Before)
            && earlier.Target == record.TargetBefore;

    private void Learn(Manifest? previous)
    {
        foreach (StepOutput output in KeptOutputs.OwnWork(previous, _step))
        {
            _earlier[output.Path] = output;
        }

        if (previous is null || previous.Step.Root != _step.Root)
        {
            return;
        }

        foreach (Observation observation in previous.Observations)
        {
            if (observation.Kind is ObservationKind.Content or ObservationKind.Existence
                && !observation.State.Stamp.IsEmpty)
            {
                _known[observation.Path] = observation.State;
            }
        }

        foreach (StepOutput output in previous.Outputs)
        {
            if (!output.State.Stamp.IsEmpty)
            {
                _known[output.Path] = output.State;
            }
        }
    }

    /// <summary>A state from the last manifest, or from any step that has read the file.</summary>
    /// <remarks>The caller compares its stamp with the file again.</remarks>
    private FileState KnownState(ByteString stored, ByteString path, in FileLook look)
    {
        FileState known = _known.GetValueOrDefault(stored);
        return known.Stamp != look.Times && _digests is not null && _digests.TryFind(path, look, out FileState found)
            ? found
            : known;
    }

    /// <summary>The records of large files that must be read, the largest first, and the sum of their sizes.</summary>
    private (int[] Records, long Bytes) Large()
    {
        var sizes = new SortedList<(long Size, int Record), int>();
        for (int i = 0; i < _records.Count; i++)
        {
            // If the file was missing or small at the first look, it can be large now only if the step wrote it.
            PathRecord record = _records[i];
            if (record.IsOwn || record.Stamp is { Type: FileType.Regular, Size: >= EarlyDigests.LargeFile })
            {
                FileLook look = FileLook.At(fcntl.AT_FDCWD, [.. record.Path.Span, 0], FinalLink.Keep);
                if (look.Type == FileType.Regular && look.Size >= EarlyDigests.LargeFile
                    && KnownState(Stored(record.Path), record.Path, look).Stamp != look.Times)
                {
                    sizes.Add((-look.Size, i), i);
                }
            }
        }

        return ([.. sizes.Values], -sizes.Keys.Sum(key => key.Size));
    }
}

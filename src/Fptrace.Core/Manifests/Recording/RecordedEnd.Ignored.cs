using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>Handles paths that are ignored in one way and count in another.</summary>
internal sealed partial class RecordedEnd
{
    private readonly GlobSet _ignoredNames;
    private readonly GlobSet _ignoredOutputs;
    private readonly GlobSet _ignoredListings;

    /// <summary>
    /// Whether a file that Python compiled says nothing more than its source, or a directory holds such files.
    /// </summary>
    private bool IsCompiledPython(PathRecord record) =>
        _step.DefaultIgnores > 0
        && record.Names is null
        && (CompiledPython.IsDirectory(record.Path.Span)
            || (record.IsRead && CompiledPython.SourceOf(record.Path) is { } source
            && _byPath.TryGetValue(source, out PathRecord? text) && (text.IsObserved || text.IsOwn)
            && CompiledPython.IsChecked(record.Path, source)));

    /// <summary>
    /// The observation of an ignored output: nobody depends on it, but the step may depend on its prior state.
    /// </summary>
    private Observation? EndIgnoredOutput(Measure measure, PathRecord record, ByteString path, int i)
    {
        // Python replaces a compiled file that it does not accept, so the prior state does not count either.
        if (!record.UsesBefore || !record.ExistedBefore || CompiledPython.SourceOf(record.Path) is not null
            || CompiledPython.IsDirectory(record.Path.Span))
        {
            return null;
        }

        if (!record.Before.Exists)
        {
            Refuse(i, $"what it changed could not be read before: {Words.Of(path)}");
            return null;
        }

        FileState state = measure.StateAt(path, default, out ByteString target);
        return record.Before.IsSame(state) && record.TargetBefore == target
            ? new Observation { Path = path, Kind = ObservationKind.Existence, State = state, Target = target }
            : new Observation
            {
                Path = path,
                Kind = ObservationKind.ReadModifyWrite,
                State = record.Before,
                Target = record.TargetBefore,
            };
    }

    /// <summary>Drops new directories outside the root in which the step left no file.</summary>
    /// <remarks>Many tools leave empty directories with random names.</remarks>
    private void DropEmptyDirectories()
    {
        var holding = new HashSet<ByteString>(PathBytes.Comparer);
        foreach (StepOutput? output in _outputs)
        {
            if (output is not null && !StoredPath.IsBelowRoot(output.Path) && output.State.Type != FileType.Directory)
            {
                AddAbove(output.Path.Span);
            }
        }

        for (int i = 0; i < _outputs.Length; i++)
        {
            if (_outputs[i] is { State.Type: FileType.Directory } directory && !StoredPath.IsBelowRoot(directory.Path)
                && !_records[i].ExistedBefore && !holding.Contains(directory.Path))
            {
                _outputs[i] = null;
            }
        }

        void AddAbove(ReadOnlySpan<byte> path)
        {
            for (int slash = path.LastIndexOf((byte)'/'); slash > 0; slash = path[..slash].LastIndexOf((byte)'/'))
            {
                if (!holding.Add(new ByteString(path[..slash])))
                {
                    break;
                }
            }
        }
    }
}

using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>What is ignored of the paths of a step in one respect and counts in another.</summary>
internal sealed partial class RecordedEnd
{
    private readonly GlobSet _ignoredNames;
    private readonly GlobSet _ignoredOutputs;
    private readonly GlobSet _ignoredListings;

    /// <summary>What Python compiled says nothing that its source does not say.</summary>
    private bool IsCompiledPython(PathRecord record) =>
        _step.DefaultIgnores > 0
        && record.Names is null
        && (CompiledPython.IsDirectory(record.Path.Span)
            || (record.IsRead && CompiledPython.SourceOf(record.Path) is { } source
            && _byPath.TryGetValue(source, out PathRecord? text) && (text.IsObserved || text.IsOwn)
            && CompiledPython.IsChecked(record.Path, source)));

    /// <summary>Nobody depends on what the step made of it; the step may depend on what it was.</summary>
    private Observation?[] EndIgnoredOutput(Measure measure, PathRecord record, ByteString path, int i)
    {
        // Python replaces what it does not take for good, so that does not count either.
        if (!record.UsesBefore || !record.ExistedBefore || CompiledPython.SourceOf(record.Path) is not null
            || CompiledPython.IsDirectory(record.Path.Span))
        {
            return [];
        }

        if (!record.Before.Exists)
        {
            Refuse(i, $"what it changed could not be read before: {Words.Of(path)}");
            return [];
        }

        FileState state = measure.StateAt(path, default, out ByteString target);
        return record.Before.IsSame(state) && record.TargetBefore == target
            ? [new Observation { Path = path, Kind = ObservationKind.Existence, State = state, Target = target }]
            : [new Observation
            {
                Path = path,
                Kind = ObservationKind.ReadModifyWrite,
                State = record.Before,
                Target = record.TargetBefore,
            }];
    }

    /// <summary>A new directory outside the root counts if something in it does: many a tool leaves empty ones of
    /// random names.</summary>
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

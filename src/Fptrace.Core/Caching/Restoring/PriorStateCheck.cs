using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Caching.Restoring;

/// <summary>Whether what stands at the outputs' paths now may take the place of what stood there when the cached run
/// began.</summary>
/// <remarks>
/// What the cached run asked about its outputs' paths before it made them is part of what it depended on. A hit must
/// find the same answer, or the command's own work there: as if that had been taken away first, or were still as a run
/// of the command had found it. A make that looks at its targets finds them missing in a clean tree and old in another,
/// and makes the same of both; a <c>cp -r src o</c> that finds a directory <c>o</c> of the user's copies into it. Own
/// work is what an earlier run left here, by its manifest, where nothing of anybody else had stood. A directory is own
/// work with all that is in it.
/// <para>
/// One to which the run would have added must be missing, or as empty as the run left it; and one that the run made as
/// O_EXCL does must be missing, unless another run of the command has found it there and passed: an <c>mkdir -p</c>
/// does not mind. </para>
/// </remarks>
internal sealed class PriorStateCheck : IDisposable
{
    private readonly Manifest _result;
    private readonly Lazy<IReadOnlyList<Manifest>> _runs;
    private readonly bool _idempotent;
    private readonly Measure _measure;
    private readonly GlobSet _ignoredOutputs;
    private readonly Dictionary<ByteString, StepOutput> _earlier = [];

    // Directories that stand there and the run had made anew.
    private readonly HashSet<ByteString> _standing = [];
    private readonly HashSet<ByteString> _over = [];

    /// <param name="result">The manifest whose outputs are to be put in place.</param>
    /// <param name="step">Whose root the outputs are below.</param>
    /// <param name="previous">What is known of the last run here, and by it of earlier ones.</param>
    /// <param name="runs">Other runs of this command that are known, as far as they are asked for.</param>
    /// <param name="idempotent">The command would add nothing to what it left itself.</param>
    public PriorStateCheck(Manifest result, StepIdentity step, Manifest? previous, Lazy<IReadOnlyList<Manifest>> runs,
        bool idempotent)
    {
        _result = result;
        _runs = runs;
        _idempotent = idempotent;
        _measure = new Measure(step.Root, IgnoredPaths.AsNames(step)) { AllDigests = true };
        _ignoredOutputs = IgnoredPaths.AsOutputs(step);
        foreach (StepOutput output in KeptOutputs.OwnWork(previous, step))
        {
            _earlier[output.Path] = output;
        }
    }

    /// <summary>Own work stands at an output that the run asked about or would have refused: a run that began so knows
    /// better.</summary>
    public bool IsLenient { get; private set; }

    /// <summary>Whether an output takes the place of something that is not the command's own work.</summary>
    public bool IsOver(ByteString output) => _over.Contains(output);

    /// <returns>Why the result may not be used, one line in words; null if it may.</returns>
    public string? Fault()
    {
        foreach (StepOutput output in _result.Outputs)
        {
            if (Fault(output) is { } fault)
            {
                return fault;
            }
        }

        foreach (ByteString path in _result.Temporaries)
        {
            // Of a name that this run might have made and removed it knows nothing, were something else there.
            if (!FileLook.SaysAbsent(_measure.Error(path)))
            {
                return $"now exists: {path}";
            }

            if (OutputPlace.AboveFault(_measure, _result, path) is { } fault)
            {
                return fault;
            }
        }

        return OutputPlace.DeletionFault(_measure, _result);
    }

    public void Dispose() => _measure.Dispose();

    private string? Fault(StepOutput output)
    {
        if (output.Names is not null && NameTooMany(output) is { } name)
        {
            return $"{output.Path} holds {name}, which the cached run did not leave there";
        }

        if (OutputPlace.Fault(_measure, _result, output) is { } fault)
        {
            return fault;
        }

        StepOutput? own = _earlier.TryGetValue(output.Path, out StepOutput? left) && !left.IsOver ? left : null;
        FileState now = _measure.StateAt(output.Path, own?.State ?? default, out ByteString target);
        if (!now.Exists)
        {
            return null;
        }

        bool isOwn = own is not null && IsSame(own, now, target);
        if (!isOwn)
        {
            _over.Add(output.Path);
        }

        // What an observation tells is compared already. In a directory that the run made anew it found nothing,
        // wherever it looked.
        bool isInNew = _standing.Contains(new ByteString(SafePath.Parent(output.Path.Span)));
        return (output.PriorState == PriorState.Unseen && !isInNew) || OutputPlace.IsObserved(_result, output.Path)
            ? null
            : StandingFault(output, isOwn, IsSame(output, now, target), now.Type == FileType.Directory);
    }

    private string? StandingFault(StepOutput output, bool isOwn, bool isSame, bool isDirectory)
    {
        IsLenient = true;
        if (output.PriorState == PriorState.Kept && !(isSame && (_idempotent || (isOwn && IsEmpty(output)))))
        {
            return $"{Reasons.WouldAdd}{output.Path}";
        }

        if (output.PriorState == PriorState.Missing
            && !(isSame && (_idempotent || (isOwn && _runs.Value.Any(run => Bears(run, output.Path))))))
        {
            return $"now exists, and the command would have refused it: {output.Path}";
        }

        if (!isOwn && !(_idempotent && isSame))
        {
            return $"now exists, and not as this command left it: {output.Path}";
        }

        if (!isDirectory)
        {
            return null;
        }

        if (!_idempotent && !HoldsOwn(output.Path))
        {
            return $"now exists, and not as this command left it: {output.Path}";
        }

        _standing.Add(output.Path);
        return ForeignName(output.Path) is { } other
            ? $"{output.Path} holds {other}, which the cached run did not leave there"
            : null;
    }

    /// <summary>A name in a directory that neither the result has nor its restoration removes. The command would have
    /// come upon it.</summary>
    private ByteString? NameTooMany(StepOutput directory)
    {
        foreach (ByteString listed in _measure.Names(directory.Path, []) ?? [])
        {
            var name = new ByteString(ListedName.Bare(listed.Span));
            if (!directory.Names!.Any(left => ListedName.Bare(left.Span).SequenceEqual(name.Span))
                && !_result.Deletions.Contains(new ByteString([.. directory.Path.Span, (byte)'/', .. name.Span])))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>A name in a directory that this run made anew, and which is none of its outputs: were the directory
    /// taken away, it would be, too.</summary>
    private ByteString? ForeignName(ByteString directory)
    {
        foreach (ByteString listed in _measure.Names(directory, []) ?? [])
        {
            ReadOnlySpan<byte> name = ListedName.Bare(listed.Span);
            var path = new ByteString([.. directory.Span, (byte)'/', .. name]);
            if (OutputPlace.Made(_result, path) is null && !_ignoredOutputs.Matches(path.Span))
            {
                return new ByteString(name);
            }
        }

        return null;
    }

    /// <summary>Whether something in a directory is left of what the command made there, if it made anything: another
    /// directory of the same name has none of it.</summary>
    private bool HoldsOwn(ByteString directory)
    {
        bool isEmpty = true;
        foreach (StepOutput output in _earlier.Values)
        {
            if (PathNesting.IsBelow(output.Path.Span, directory.Span))
            {
                isEmpty = false;
                FileState now = _measure.StateAt(output.Path, output.State, out ByteString target);
                if (now.Exists && IsSame(output, now, target))
                {
                    return true;
                }
            }
        }

        return isEmpty;
    }

    private static bool IsSame(StepOutput made, in FileState now, ByteString target) =>
        made.State.IsSame(now) && made.Target == target;

    /// <summary>A lock, say: nothing was added where nothing stood, and an empty file gets nothing either.</summary>
    private static bool IsEmpty(StepOutput output) => output.State is { Type: FileType.Regular, Size: 0 };

    /// <summary>Whether a run found something at a path and came to a good end all the same, as <c>mkdir -p</c>
    /// does.</summary>
    private static bool Bears(Manifest run, ByteString path)
    {
        IReadOnlyList<Observation> seen = run.Observations;
        for (int i = KeptOutputs.First(seen, path); run.Passes && i < seen.Count && seen[i].Path == path; i++)
        {
            if (seen[i].State.Exists || seen[i].Kind == ObservationKind.Link)
            {
                return true;
            }
        }

        return run.Passes && OutputPlace.Made(run, path) is { PriorState: PriorState.Found };
    }
}

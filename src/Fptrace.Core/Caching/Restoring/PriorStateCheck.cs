using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Caching.Restoring;

/// <summary>
/// Checks that outputs may replace what stands at their paths, given what stood there before the run.
/// </summary>
/// <remarks>
/// The cached run may have looked at the paths of its outputs before it made them. Then it depends on what it saw, and
/// a hit must find the same. Outputs that the command itself has left here are an exception ("own work"): they count as
/// removed, or as in the state in which a run of the command found them. For example, make finds its targets missing in
/// a clean tree and old in another, and makes the same of both. But <c>cp -r src o</c> copies into a directory <c>o</c>
/// if the user has made one, so that does not count as removed. Own work is what an earlier run left here according to
/// its manifest, unless it replaced something of somebody else. A directory is own work with everything in it.
/// <para>
/// Two kinds of outputs are checked more strictly. One to which the run would have appended must be missing, or be as
/// empty as the run left it. One that the run created exclusively (O_EXCL, mkdir) must be missing, unless another run
/// of the command found something there and passed, as <c>mkdir -p</c> does.
/// </para>
/// </remarks>
internal sealed class PriorStateCheck : IDisposable
{
    private readonly Manifest _result;
    private readonly Lazy<IReadOnlyList<Manifest>> _runs;
    private readonly bool _idempotent;
    private readonly Measure _measure;
    private readonly GlobSet _ignoredOutputs;
    private readonly Dictionary<ByteString, StepOutput> _earlier = [];

    // Directories that stand here, and that the cached run created.
    private readonly HashSet<ByteString> _standing = [];
    private readonly HashSet<ByteString> _over = [];

    /// <param name="result">The manifest whose outputs are to be put in place.</param>
    /// <param name="step">The step. The outputs stand below its root.</param>
    /// <param name="previous">The manifest of the last run here, which also tells what earlier runs left; null for
    /// none.</param>
    /// <param name="runs">Other known runs of this command. They are read only when needed.</param>
    /// <param name="idempotent">Whether the command changes nothing where its own outputs stand.</param>
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

    /// <summary>Whether own work stands at an output that the run looked at or created exclusively.</summary>
    /// <remarks>A run that itself began with these outputs in place is a better match.</remarks>
    public bool IsLenient { get; private set; }

    /// <summary>Whether an output replaces something that is not the command's own work.</summary>
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
            // The cached run made and removed a file of this name. It does not tell what happens where something
            // stands.
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

        // Observations are compared already. Of a directory that it created, the run knew that nothing stood in it.
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

        if ((!isOwn && !(_idempotent && isSame)) || (isDirectory && !_idempotent && !HoldsOwn(output.Path)))
        {
            return $"now exists, and not as this command left it: {output.Path}";
        }

        if (!isDirectory)
        {
            return null;
        }

        _standing.Add(output.Path);
        return ForeignName(output.Path) is { } other
            ? $"{output.Path} holds {other}, which the cached run did not leave there"
            : null;
    }

    /// <summary>
    /// A name in a directory that the command would have found, but that is neither in the result nor deleted by it.
    /// </summary>
    private ByteString? NameTooMany(StepOutput directory) => FirstName(directory.Path, (name, path) =>
        !directory.Names!.Any(left => ListedName.Bare(left.Span).SequenceEqual(name.Span))
            && !_result.Deletions.Contains(path));

    /// <summary>A name in a directory that the cached run created, where the name is none of its outputs.</summary>
    /// <remarks>If the directory counts as removed, this file would count as removed, too.</remarks>
    private ByteString? ForeignName(ByteString directory) => FirstName(directory, (_, path) =>
        OutputPlace.Made(_result, path) is null && !_ignoredOutputs.Matches(path.Span));

    private ByteString? FirstName(ByteString directory, Func<ByteString, ByteString, bool> isStrange)
    {
        foreach (ByteString listed in _measure.Names(directory, []) ?? [])
        {
            var name = new ByteString(ListedName.Bare(listed.Span));
            if (isStrange(name, new ByteString([.. directory.Span, (byte)'/', .. name.Span])))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a directory still holds something that the command made in it, or the command made nothing there.
    /// </summary>
    /// <remarks>Otherwise it is another directory of the same name.</remarks>
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

    /// <summary>Whether an output is an empty file, such as a lock.</summary>
    /// <remarks>The run appended nothing where nothing stood, so it appends nothing to an empty file either.</remarks>
    private static bool IsEmpty(StepOutput output) => output.State is { Type: FileType.Regular, Size: 0 };

    /// <summary>Whether a run found something at a path and passed nevertheless, as <c>mkdir -p</c> does.</summary>
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

using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching;

/// <summary>Whether what stands at the outputs' paths now may take the place of what stood there when the cached run began.</summary>
/// <remarks>
/// A make that looks at its targets finds them missing in a clean tree and old in another, and makes the same of both. An
/// <c>ar r</c> that finds an archive there adds to it. So an output that the run had looked for must be missing now, or be what a run
/// of this very command left; one to which the run would have added must be missing, or as empty as the run left it; and one that the run made as O_EXCL does must
/// be missing, unless it is there already as the result has it and another run of the command has found it there and passed: an <c>mkdir -p</c> does not mind.
/// </remarks>
internal static class PriorState
{
    /// <param name="result">The manifest whose outputs are to be put in place.</param>
    /// <param name="step">Whose root the outputs are below.</param>
    /// <param name="runs">Other runs of this command that are known, as far as they are asked for.</param>
    /// <param name="idempotent">The command would add nothing to what it left itself.</param>
    /// <param name="isLenient">Something stands at an output that the run looked at or would have refused: a run that began so knows better.</param>
    /// <returns>Why the result may not be used, one line in words; null if it may.</returns>
    public static string? Fault(Manifest result, StepIdentity step, Lazy<IReadOnlyList<Manifest>> runs, bool idempotent, out bool isLenient)
    {
        isLenient = false;
        using var measure = new Measure(step.Root, IgnoredPaths.Of(step));
        foreach (StepOutput output in result.Outputs)
        {
            if (output.Names is not null && NameTooMany(measure, result, output) is { } name)
            {
                return $"{output.Path} holds {name}, which the cached run did not leave there";
            }

            if (OutputPlace.Fault(measure, result, output) is { } fault)
            {
                return fault;
            }

            if (output.Prior == OutputPrior.Unseen)
            {
                continue;
            }

            FileState now = measure.StateAt(output.Path, default, out ByteString target);
            if (!now.Exists)
            {
                continue;
            }

            isLenient = true;
            bool isSame = IsSame(output, now, target);
            if (output.Prior == OutputPrior.Kept && !(isSame && (idempotent || IsEmpty(output))))
            {
                return $"{Reasons.WouldAdd}{output.Path}";
            }

            if (output.Prior == OutputPrior.Missing && !(isSame && (idempotent || runs.Value.Any(run => Bears(run, output.Path)))))
            {
                return $"now exists, and the command would have refused it: {output.Path}";
            }

            if (!isSame && !runs.Value.Any(run => run.Passes && Made(run, output.Path) is { } made && IsSame(made, now, target)))
            {
                return $"now exists, and not as this command left it: {output.Path}";
            }

            if (now.Type == FileType.Directory && NameOfOtherRun(measure, result, output, runs) is { } other)
            {
                return $"{output.Path} holds {other}, which another run of this command left there";
            }
        }

        foreach (ByteString path in result.Temporaries)
        {
            // Of a name that this run might have made and removed it knows nothing, were something else there.
            if (!FileLook.SaysAbsent(measure.Error(path)))
            {
                return $"now exists: {path}";
            }
        }

        return OutputPlace.DeletionFault(measure, result);
    }

    /// <summary>A name in a directory that neither the result has nor its restoration removes. The command would have come upon it.</summary>
    private static ByteString? NameTooMany(Measure measure, Manifest result, StepOutput directory)
    {
        foreach (ByteString listed in measure.Names(directory.Path, []) ?? [])
        {
            var name = new ByteString(ListedName.Bare(listed.Span));
            if (!directory.Names!.Any(left => ListedName.Bare(left.Span).SequenceEqual(name.Span))
                && !result.Deletions.Contains(new ByteString([.. directory.Path.Span, (byte)'/', .. name.Span])))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>What another run left in a directory that this one made anew: a command that removes the directory first leaves none of it.</summary>
    private static ByteString? NameOfOtherRun(Measure measure, Manifest result, StepOutput directory, Lazy<IReadOnlyList<Manifest>> runs)
    {
        foreach (ByteString listed in measure.Names(directory.Path, []) ?? [])
        {
            ReadOnlySpan<byte> name = ListedName.Bare(listed.Span);
            var path = new ByteString([.. directory.Path.Span, (byte)'/', .. name]);
            if (Made(result, path) is null && !result.Deletions.Contains(path) && runs.Value.Any(run => Made(run, path) is not null))
            {
                return new ByteString(name);
            }
        }

        return null;
    }

    private static bool IsSame(StepOutput made, in FileState now, ByteString target) => made.State.Type == FileType.Directory
        ? now.Type == FileType.Directory
        : made.State.IsSame(now) && made.Target == target;

    /// <summary>A lock, say: nothing was added where nothing stood, and an empty file gets nothing either.</summary>
    private static bool IsEmpty(StepOutput output) => output.State is { Type: FileType.Regular, Size: 0 };

    /// <summary>Whether a run found something at a path and came to a good end all the same, as <c>mkdir -p</c> does.</summary>
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

        return run.Passes && Made(run, path) is { Prior: OutputPrior.Found };
    }

    /// <summary>Outputs are sorted by path.</summary>
    private static StepOutput? Made(Manifest run, ByteString path)
    {
        int low = 0;
        int high = run.Outputs.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = run.Outputs[middle].Path.CompareTo(path);
            if (order == 0)
            {
                return run.Outputs[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}

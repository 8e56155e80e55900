using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>What an earlier run of a command made, and a later one found, had to do with and left as it was: it is the
/// later one's output too.</summary>
/// <remarks>
/// A make that has nothing to do, a generator that writes only what differs, a program that opens without O_TRUNC and
/// writes the same again: what stands there is the step's work all the same. So an output stays one while it stands
/// there unchanged and the step looks at, opens or writes its path. It ceases when the command becomes another, or its
/// directory or root, when it is deleted, and when somebody makes something else of it.
/// <para>
/// The run depended on what it found, so an observation says how it stood there: as of something modified in place,
/// with the same state before and after. A check compares the output; a lookup in the cache asks for the state before.
/// </para>
/// </remarks>
public static class KeptOutputs
{
    /// <summary>What earlier runs left behind, as their manifest tells: of a run that counts, and of those after it
    /// that do not.</summary>
    /// <param name="last">Of this or another step; null for none.</param>
    /// <param name="step">That is run.</param>
    public static IReadOnlyList<StepOutput> Of(Manifest? last, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return IsOf(last, step) ? last.Outputs : [];
    }

    /// <summary>All that earlier runs of a command made and is known to stand there, whether it is an output of the
    /// last one or not.</summary>
    /// <param name="last">Of this or another step; null for none.</param>
    /// <param name="step">That is run.</param>
    public static IReadOnlyList<StepOutput> OwnWork(Manifest? last, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return !IsOf(last, step) ? [] : last.Left.Count == 0 ? last.Outputs : Merge(last.Outputs, last.Left);
    }

    /// <summary>A manifest that remembers what of earlier runs' work it does not tell.</summary>
    /// <param name="manifest">Of the run.</param>
    /// <param name="work">Sorted by path.</param>
    public static Manifest WithLeft(Manifest manifest, IReadOnlyList<StepOutput> work)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(work);
        if (work.Count == 0)
        {
            return manifest;
        }

        var told = new HashSet<ByteString>(manifest.Outputs.Select(output => output.Path));
        StepOutput[] left = [.. work.Where(output => !told.Contains(output.Path) && Stands(output))];
        return left.Length == 0 ? manifest : manifest with { Left = left };

        bool Stands(StepOutput output) =>
            FileLook.At(fcntl.AT_FDCWD, [.. StoredPath.Expand(output.Path, manifest.Step.Root).Span, 0],
                FinalLink.Keep).Type == output.State.Type;
    }

    /// <summary>A run that counts, with those outputs of earlier ones that it found as they were.</summary>
    /// <param name="manifest">Of the run.</param>
    /// <param name="earlier">Sorted by path.</param>
    internal static Manifest Keep(Manifest manifest, IReadOnlyList<StepOutput> earlier)
    {
        if (earlier.Count == 0)
        {
            return manifest;
        }

        var made = new HashSet<ByteString>(manifest.Outputs.Select(output => output.Path));
        var observations = new List<Observation>(manifest.Observations);
        var kept = new List<StepOutput>();
        foreach (StepOutput output in earlier)
        {
            if (!made.Contains(output.Path) && TryKeep(observations, output) is { } found)
            {
                kept.Add(found);
            }
        }

        if (kept.Count == 0)
        {
            return manifest;
        }

        observations.Sort(ObservationReader.Compare);
        return manifest with { Observations = observations, Outputs = Merge(manifest.Outputs, kept) };
    }

    /// <summary>Outputs of a manifest that its run found as they are.</summary>
    internal static HashSet<ByteString> In(Manifest manifest)
    {
        var found = new Dictionary<ByteString, Observation>();
        foreach (Observation observation in manifest.Observations)
        {
            if (observation.Kind is ObservationKind.ReadModifyWrite or ObservationKind.Listing)
            {
                found[observation.Path] = observation;
            }
        }

        return
        [
            .. manifest.Outputs
                .Where(output => found.TryGetValue(output.Path, out Observation? seen)
                    && (seen.Kind == ObservationKind.Listing
                        || (seen.State.IsSame(output.State) && seen.Target == output.Target)))
                .Select(output => output.Path),
        ];
    }

    /// <summary>What stands there after a run that does not count: what it left, and else what earlier ones did. The
    /// next run that counts may find it.</summary>
    /// <param name="earlier">Sorted by path.</param>
    /// <param name="left">What the run left of what it had to do with.</param>
    /// <param name="gone">What it deleted.</param>
    internal static IReadOnlyList<StepOutput> Remember(IReadOnlyList<StepOutput> earlier,
        IReadOnlyList<StepOutput> left, IEnumerable<ByteString> gone)
    {
        var others = new HashSet<ByteString>(gone);
        others.UnionWith(left.Select(output => output.Path));
        return others.Count == 0 ? earlier : Merge([.. earlier.Where(output => !others.Contains(output.Path))], left);
    }

    private static List<StepOutput> Merge(IReadOnlyList<StepOutput> some, IReadOnlyList<StepOutput> others)
    {
        var all = new List<StepOutput>(some.Count + others.Count);
        all.AddRange(some);
        all.AddRange(others);
        all.Sort((one, other) => one.Path.CompareTo(other.Path));
        return all;
    }

    /// <returns>The output as it was found; null if it was not, or as another.</returns>
    private static StepOutput? TryKeep(List<Observation> observations, StepOutput output)
    {
        // What is replaced below keeps its place: kinds of one path may be out of order until they are sorted again.
        for (int i = First(observations, output.Path); i < observations.Count
            && observations[i].Path == output.Path; i++)
        {
            Observation seen = observations[i];
            switch (seen.Kind)
            {
                case ObservationKind.Content or ObservationKind.Existence when seen.State.IsSame(output.State)
                    && seen.Target == output.Target:
                    observations[i] = seen with
                    {
                        Kind = ObservationKind.ReadModifyWrite,
                        State = seen.State with { Stamp = default },
                    };
                    // A run that did not remove a directory leaves what others have put there.
                    return output with
                    {
                        State = seen.State,
                        PriorState = PriorState.Unseen,
                        Names = null,
                        Opening = OutputOpening.None,
                    };
                case ObservationKind.Link when output.State.Type == FileType.Symlink && seen.Target == output.Target:
                    observations[i] = new Observation
                    {
                        Path = output.Path,
                        Kind = ObservationKind.ReadModifyWrite,
                        State = output.State,
                        Target = output.Target,
                    };
                    return output with { PriorState = PriorState.Unseen, Opening = OutputOpening.None };
                case ObservationKind.Listing when output.State.Type == FileType.Directory:
                    // Its names count, so it stays an observation.
                    return output with { PriorState = PriorState.Unseen, Names = null, Opening = OutputOpening.None };
                default:
                    break;
            }
        }

        return null;
    }

    /// <summary>The first observation of a path, or where it would stand.</summary>
    internal static int First(IReadOnlyList<Observation> observations, ByteString path)
    {
        int low = 0;
        int high = observations.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = observations[middle].Path.CompareTo(path) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static bool IsOf([NotNullWhen(true)] Manifest? last, StepIdentity step) => last is not null
        && last.Step.Directory == step.Directory
        && last.Step.Root == step.Root
        && IsSame(last.Step.Command, step.Command);

    private static bool IsSame(IReadOnlyList<ByteString> one, IReadOnlyList<ByteString> other)
    {
        bool same = one.Count == other.Count;
        for (int i = 0; same && i < one.Count; i++)
        {
            same = one[i] == other[i];
        }

        return same;
    }
}

using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>
/// Outputs of an earlier run that a later run used and left as they were. They are outputs of the later run, too.
/// </summary>
/// <remarks>
/// A make with nothing to do, a generator that writes only what differs, and a program that opens without O_TRUNC and
/// writes the same bytes all leave their own work in place. So an output stays one while it exists unchanged and the
/// step examines, opens or writes its path. It ceases to be one when the command, its directory or its root changes,
/// when somebody deletes it, and when somebody changes it.
/// <para>
/// The run depended on what it found, so an observation holds that state. It is a read-modify-write whose states before
/// and after are equal: a check compares the output, and a lookup in the cache asks for the state before.
/// </para>
/// </remarks>
public static class KeptOutputs
{
    /// <summary>
    /// What earlier runs left, according to their manifest: the last run that counts, and later ones that do not.
    /// </summary>
    /// <param name="last">The last manifest, which may be of another step; may be null.</param>
    /// <param name="step">The step that is run.</param>
    public static IReadOnlyList<StepOutput> Of(Manifest? last, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return IsOf(last, step) ? last.Outputs : [];
    }

    /// <summary>
    /// Everything that earlier runs of a command made and that still exists, outputs of the last run or not.
    /// </summary>
    /// <param name="last">The last manifest, which may be of another step; may be null.</param>
    /// <param name="step">The step that is run.</param>
    public static IReadOnlyList<StepOutput> OwnWork(Manifest? last, StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return !IsOf(last, step) ? [] : last.Left.Count == 0 ? last.Outputs : Merge(last.Outputs, last.Left);
    }

    /// <summary>The manifest, with the work of earlier runs that it does not list as outputs.</summary>
    /// <param name="manifest">The manifest of the run.</param>
    /// <param name="work">The work of earlier runs, sorted by path.</param>
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

    /// <summary>The manifest of a run that counts, with the outputs of earlier runs that it found unchanged.</summary>
    /// <param name="manifest">The manifest of the run.</param>
    /// <param name="earlier">Outputs of earlier runs, sorted by path.</param>
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

    /// <summary>The outputs of a manifest that its run found in this state already.</summary>
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

    /// <summary>
    /// What exists after a run that does not count: what it left, and otherwise what earlier runs left.
    /// </summary>
    /// <remarks>The next run that counts may find it.</remarks>
    /// <param name="earlier">Outputs of earlier runs, sorted by path.</param>
    /// <param name="left">What the run left at the paths that it used.</param>
    /// <param name="gone">What the run deleted.</param>
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

    /// <returns>The output as the run found it; null if the run did not use it, or found it changed.</returns>
    private static StepOutput? TryKeep(List<Observation> observations, StepOutput output)
    {
        // A replacement keeps its index, so the kinds of one path may be out of order until the caller sorts them
        // again.
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
                    // The run did not remove the directory, so others may have put files into it.
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
                    // The names in it count, so the listing remains an observation.
                    return output with { PriorState = PriorState.Unseen, Names = null, Opening = OutputOpening.None };
                default:
                    break;
            }
        }

        return null;
    }

    /// <summary>The index of the first observation of a path, or where it would be inserted.</summary>
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
        && last.Step.Command.SequenceEqual(step.Command);
}

using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>A run's observations with what it modified in place as the run left it.</summary>
/// <remarks>
/// For a command that does nothing more where it finds its own work done, it is as good a beginning as the state
/// before: what make finds in its dependency files when the sources of a former build are back. Nothing that a trace
/// shows tells such a command from one that goes on counting, so it holds for those alone of which the user says so
/// (<see cref="CachePolicy.Idempotent"/>).
/// </remarks>
internal static class LeftState
{
    /// <summary>Whether a run with these observations modified anything in place.</summary>
    public static bool Concerns(IReadOnlyList<Observation> observations) => observations.Any(IsModified);

    /// <returns>Null when the run deleted what it had read or moved: that nothing stands there says nothing of this
    /// run.</returns>
    public static IReadOnlyList<Observation>? Of(Manifest manifest)
    {
        if (!Concerns(manifest.Observations))
        {
            return null;
        }

        Dictionary<ByteString, StepOutput> outputs = manifest.Outputs.ToDictionary(output => output.Path);
        var left = new List<Observation>(manifest.Observations.Count);
        foreach (Observation observation in manifest.Observations)
        {
            if (!IsModified(observation))
            {
                left.Add(observation);
            }
            else if (outputs.TryGetValue(observation.Path, out StepOutput? output))
            {
                left.Add(observation with
                {
                    State = output.State,
                    Target = output.Target,
                    Names = observation.Names is null ? null : output.Names ?? [],
                });
            }
            else
            {
                return null;
            }
        }

        return left;
    }

    /// <summary>Observations as they stand, and of what the run modifies in place as they were before it.</summary>
    /// <param name="now">In the order of the manifest's.</param>
    /// <param name="manifest">Of the run.</param>
    public static IReadOnlyList<Observation> Before(IReadOnlyList<Observation> now, Manifest manifest) =>
        now.Any(observation => IsBefore(observation))
            ? [.. now.Select((observation, i) => IsBefore(observation)
                ? Unstamped(manifest.Observations[i])
                : observation)]
            : now;

    // Its stamp is that of the directory before the outputs came.
    private static Observation Unstamped(Observation observation) =>
        observation with { State = observation.State with { Stamp = default } };

    private static bool IsBefore(Observation observation) =>
        IsModified(observation) || observation.Kind is ObservationKind.Listing or ObservationKind.Absent;

    private static bool IsModified(Observation observation) => observation.Kind == ObservationKind.ReadModifyWrite;
}

using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>The observations of a run, where each file that it modified in place is as the run left it.</summary>
/// <remarks>
/// Some commands change nothing when they find their own outputs: make, for example, which finds its dependency files
/// when the sources of an earlier build are back. For such a command the state after a run is as good a start as the
/// state before it. A trace cannot tell such a command from one that changes the file at each run, so only commands
/// that the user calls idempotent use this (<see cref="CachePolicy.Idempotent"/>).
/// </remarks>
internal static class LeftState
{
    /// <summary>Whether a run with these observations modified anything in place.</summary>
    public static bool Concerns(IReadOnlyList<Observation> observations) => observations.Any(IsModified);

    /// <returns>Null when the run modified nothing in place, or removed what it had modified: an absent file does not
    /// show that this run was here.</returns>
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

    /// <summary>
    /// The current observations, with those of the manifest in place of all that the run changes: files that it
    /// modifies in place, listings, and absent paths.
    /// </summary>
    /// <param name="now">The current observations, in the order of the manifest's.</param>
    /// <param name="manifest">Of the run, from the store: it has no times, which would not fit what stands
    /// here.</param>
    public static IReadOnlyList<Observation> Before(IReadOnlyList<Observation> now, Manifest manifest) =>
        now.Any(observation => IsBefore(observation))
            ? [.. now.Select((observation, i) => IsBefore(observation) ? manifest.Observations[i] : observation)]
            : now;

    private static bool IsBefore(Observation observation) =>
        IsModified(observation) || observation.Kind is ObservationKind.Listing or ObservationKind.Absent;

    private static bool IsModified(Observation observation) => observation.Kind == ObservationKind.ReadModifyWrite;
}

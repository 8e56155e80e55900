using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>The names of <see cref="PriorState"/> in manifests.</summary>
internal static class PriorStates
{
    /// <summary>The name. <see cref="PriorState.Unseen"/> has none, because it is not stored.</summary>
    public static string Name(this PriorState priorState) => priorState switch
    {
        PriorState.Seen => "seen",
        PriorState.Kept => "kept",
        PriorState.Missing => "missing",
        PriorState.Found => "found",
        _ => throw new ArgumentOutOfRangeException(nameof(priorState)),
    };

    /// <exception cref="ManifestFormatException">The name is not known.</exception>
    public static PriorState Parse(string name) => name switch
    {
        "seen" => PriorState.Seen,
        "kept" => PriorState.Kept,
        "missing" => PriorState.Missing,
        "found" => PriorState.Found,
        _ =>
            throw new ManifestFormatException(
                "what stood at an output before is none of seen, kept, missing and found"),
    };
}

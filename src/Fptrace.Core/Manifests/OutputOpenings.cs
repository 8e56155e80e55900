using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>The names of <see cref="OutputOpening"/> in manifests.</summary>
internal static class OutputOpenings
{
    /// <summary>The name. <see cref="OutputOpening.None"/> has none, because it is not stored.</summary>
    public static string Name(this OutputOpening opening) => opening switch
    {
        OutputOpening.New => "new",
        OutputOpening.Old => "old",
        OutputOpening.Standing => "standing",
        _ => throw new ArgumentOutOfRangeException(nameof(opening)),
    };

    /// <exception cref="ManifestFormatException">The name is not known.</exception>
    public static OutputOpening Parse(string name) => name switch
    {
        "new" => OutputOpening.New,
        "old" => OutputOpening.Old,
        "standing" => OutputOpening.Standing,
        _ => throw new ManifestFormatException("how an output was opened is none of new, old and standing"),
    };
}

using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>The names of <see cref="OutputPrior"/> in manifests.</summary>
internal static class OutputPriors
{
    /// <summary>Of all but <see cref="OutputPrior.Unseen"/>, which goes without saying.</summary>
    public static string Name(this OutputPrior prior) => prior switch
    {
        OutputPrior.Seen => "seen",
        OutputPrior.Kept => "kept",
        OutputPrior.Missing => "missing",
        OutputPrior.Found => "found",
        _ => throw new ArgumentOutOfRangeException(nameof(prior)),
    };

    /// <exception cref="ManifestFormatException">It is no name of one.</exception>
    public static OutputPrior Parse(string name) => name switch
    {
        "seen" => OutputPrior.Seen,
        "kept" => OutputPrior.Kept,
        "missing" => OutputPrior.Missing,
        "found" => OutputPrior.Found,
        _ => throw new ManifestFormatException("what stood at an output before is none of seen, kept, missing and found"),
    };
}

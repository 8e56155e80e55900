using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Explains why a step has no manifest, from the manifests of other steps.</summary>
/// <remarks>It reads them all, so it is called only after no manifest was found.</remarks>
public static class MissingManifest
{
    private const int MostDifferences = 3;

    /// <param name="step">The step without a manifest.</param>
    /// <param name="folders">The directories that hold manifests by their keys.</param>
    /// <returns>One line for the user.</returns>
    public static string Explain(StepIdentity step, params IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(folders);
        KnownStep[] related =
            [.. folders.Distinct(StringComparer.Ordinal).SelectMany(folder => new ManifestFolder(folder).Steps())
                .Where(known => IsSame(known.Step.Command, step.Command))];
        Difference[]? nearest = related.Where(known => known.Step.Directory == step.Directory)
            .Select(known => StepDifferences.Between(known.Step, step)
                .Where(difference => difference.Kind == DifferenceKind.Step).ToArray())
            .Where(differences => differences.Length > 0)
            .MinBy(differences => differences.Length);
        if (nearest is not null)
        {
            string more = nearest.Length > MostDifferences ? $" and {nearest.Length - MostDifferences} more" : "";
            return "no manifest: this command ran otherwise before: "
                + $"{string.Join("; ", nearest.Take(MostDifferences).Select(difference => difference.Text))}{more}";
        }

        return related.MaxBy(known => known.UsedNs) is { } elsewhere
            ? $"no manifest: this command ran in another directory before: {Words.Of(elsewhere.Step.Directory)}"
            : ManifestFile.NoManifest;
    }

    internal static bool IsSame(IReadOnlyList<ByteString> one, IReadOnlyList<ByteString> other) =>
        one.SequenceEqual(other);
}

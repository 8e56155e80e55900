using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.MSBuild.State;

/// <summary>
/// Removes manifests that no build uses any more, such as those of commands that contained a date or were edited.
/// </summary>
/// <remarks>
/// A manifest also records that a file is an output. IncrementalClean needs that for targets that MSBuild skips because
/// of their own Inputs and Outputs; the step needs it if it comes back and finds the file as it left it. So a manifest
/// of any age is kept while one of its outputs exists that no other manifest contains.
/// </remarks>
internal static class UnusedManifests
{
    /// <param name="project">The project, which knows the manifests that this build has used.</param>
    /// <param name="directory">The directory of manifests.</param>
    /// <param name="days">After how many days without use a manifest is removed; 0 for never.</param>
    /// <param name="limit">How many unused manifests to keep for each place; 0 for all.</param>
    /// <returns>How many manifests were removed.</returns>
    public static int Remove(ProjectState project, string directory, int days, int limit)
    {
        if (!Directory.Exists(directory))
        {
            return 0;
        }

        string[] all = Directory.GetFiles(directory, "*.json");
        string[] unused =
            [.. all.Where(file => !project.Steps.ContainsKey(file)
                && StepName.PlaceIn(Path.GetFileName(file)) is not null)];
        DateTime oldest = days > 0 ? DateTime.UtcNow - TimeSpan.FromDays(days) : DateTime.MinValue;
        var candidates = unused.Where(file => File.GetLastWriteTimeUtc(file) < oldest)
            .ToHashSet(StringComparer.Ordinal);
        if (limit > 0)
        {
            foreach (IGrouping<string, string> place in unused.GroupBy(file =>
                StepName.PlaceIn(Path.GetFileName(file))!, StringComparer.Ordinal))
            {
                candidates.UnionWith(place.OrderByDescending(File.GetLastWriteTimeUtc)
                    .ThenBy(file => file, StringComparer.Ordinal).Skip(limit));
            }
        }

        if (candidates.Count == 0)
        {
            return 0;
        }

        // Read the other manifests only now: most builds have nothing to remove.
        HashSet<string> claimed = [.. all.Where(file => !candidates.Contains(file)).SelectMany(Outputs)];
        int removed = 0;
        foreach (string file in candidates.Order(StringComparer.Ordinal))
        {
            if (!Outputs(file).Any(output => Path.Exists(output) && !claimed.Contains(output)))
            {
                Delete(file);
                removed++;
            }
        }

        return removed;
    }

    private static IEnumerable<string> Outputs(string file) => ManifestFile.Load(file).Manifest is { } manifest
        ? manifest.Outputs.Where(output => output.State.Type is FileType.Regular or FileType.Symlink)
            .Select(output => StoredPath.Expand(output.Path, manifest.Step.Root).ToString())
        : [];

    private static void Delete(string file)
    {
        try
        {
            ManifestFile.Delete(file);
            File.Delete(file + ".lock");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next build tries again.
        }
    }
}

using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.MSBuild.State;

/// <summary>Manifests that nobody will ask for again: of commands whose text holds a date, or that were
/// edited.</summary>
/// <remarks>
/// A manifest is also what tells that a file is an output: to IncrementalClean, as of a target that MSBuild skips by
/// its own Inputs and Outputs, and to the step itself when it comes back and finds the file as it left it. So one
/// stays, however old, as long as an output stands that no other manifest claims.
/// </remarks>
internal static class UnusedManifests
{
    /// <param name="project">Tells which manifests this build has used.</param>
    /// <param name="directory">Of the manifests.</param>
    /// <param name="days">How long one may be unused; 0 for ever.</param>
    /// <param name="limit">How many unused ones a place may have; 0: any number.</param>
    /// <returns>How many went.</returns>
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

        // Looked at only now: in most builds there is nothing to remove.
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

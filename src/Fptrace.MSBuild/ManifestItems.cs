using System.Buffers;
using System.Text;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Steps;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Fptrace.MSBuild;

/// <summary>Converts the inputs and outputs of manifests to MSBuild items.</summary>
internal static class ManifestItems
{
    /// <summary>Characters that have a meaning in an item's name, and the separator of metadata.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create("%*?@$();'");

    public static ITaskItem[] Inputs(Manifest manifest, string path, Func<Observation, bool>? which = null) =>
    [
        .. manifest.Observations.Where(which ?? (_ => true))
            .Select(observation => Item(observation.Path, manifest, path, item =>
        {
            item.SetMetadata("Observation", observation.Kind.Name());
            item.SetMetadata("Digest", observation.State.Digest.IsEmpty ? "" : observation.State.Digest.ToString());
        })).OfType<ITaskItem>(),
    ];

    /// <remarks>
    /// For a run that does not count, these are the outputs of it and earlier runs that still exist: IncrementalClean
    /// must not delete them as orphans.
    /// </remarks>
    public static ITaskItem[] Outputs(Manifest manifest, string path, string[]? patterns = null) =>
    [
        .. Matching(manifest.Outputs, patterns ?? []).Where(output => IsFile(output)
            && (manifest.Passes || Exists(output, manifest))).Select(output => Item(output.Path, manifest, path, item =>
            item.SetMetadata("Digest", output.State.Digest.IsEmpty ? "" : output.State.Digest.ToString())))
                .OfType<ITaskItem>(),
    ];

    /// <summary>Those of a project's declared files that match a pattern.</summary>
    public static ITaskItem[] Matching(ITaskItem[] items, string[] patterns)
    {
        if (patterns.Length == 0)
        {
            return items;
        }

        var wanted = new GlobSet(patterns);
        return [.. items.Where(item => wanted.Matches(Encoding.UTF8.GetBytes(item.ItemSpec)))];
    }

    private static IEnumerable<StepOutput> Matching(IReadOnlyList<StepOutput> outputs, string[] patterns)
    {
        if (patterns.Length == 0)
        {
            return outputs;
        }

        var wanted = new GlobSet(patterns);
        return outputs.Where(output => wanted.Matches(output.Path.Span));
    }

    /// <summary>Whether an observation is of a file below the root that was read or looked at.</summary>
    public static bool IsSource(Observation observation) =>
        observation.State.Type == FileType.Regular
        && observation.Kind is ObservationKind.Content or ObservationKind.Existence or ObservationKind.ReadModifyWrite
        && StoredPath.IsBelowRoot(observation.Path);

    private static bool IsFile(StepOutput output) => output.State.Type is FileType.Regular or FileType.Symlink;

    private static bool Exists(StepOutput output, Manifest manifest) =>
        Path.Exists(StoredPath.Expand(output.Path, manifest.Step.Root).ToString());

    /// <summary>The item for a path; null for a name that cannot be converted to text.</summary>
    private static TaskItem? Item(ByteString stored, Manifest manifest, string path, Action<TaskItem> describe)
    {
        string name = StoredPath.Expand(stored, manifest.Step.Root).ToString();
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var item = new TaskItem(Escape(name));
        item.SetMetadata("Step", Path.GetFileNameWithoutExtension(path));
        describe(item);
        return item;
    }

    public static string Escape(string text) => !text.AsSpan().ContainsAny(Special)
        ? text
        : string.Concat(text.Select(c => Special.Contains(c) ? $"%{(int)c:x2}" : c.ToString()));
}

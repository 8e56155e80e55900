using Fptrace.MSBuild.State;
using Fptrace.Manifests.Format;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

/// <summary>Tells MSBuild which files the traced steps of a project read and wrote, from their manifests.</summary>
/// <remarks>
/// It covers the steps of this build, and all others with a manifest in the directory of manifests. When MSBuild skips
/// a target because of its own Inputs and Outputs, its steps do not run, but their outputs still belong to the build:
/// IncrementalClean must not delete them as orphans.
/// </remarks>
[MSBuildMultiThreadableTask]
public sealed class CollectTracedSteps : ProjectTask
{
    /// <summary>Lazy, because most targets do not ask for the inputs.</summary>
    private Lazy<ITaskItem[]> _inputs = new([]);

    [Required]
    public string ManifestDirectory { get; set; } = "";

    /// <summary>If set, only outputs below these directories are returned.</summary>
    public string[] Under { get; set; } = [];

    /// <summary>Inputs below these directories are left out: the build itself writes there.</summary>
    public string[] NotUnder { get; set; } = [];

    /// <summary>
    /// Whether to leave out inputs that other projects build. Who watches those projects watches their sources.
    /// </summary>
    public bool NotBuilt { get; set; }

    [Output]
    public ITaskItem[] Manifests { get; private set; } = [];

    /// <summary>
    /// Lock files, and what killed tools leave behind, as when a build is cancelled: half-written manifests.
    /// </summary>
    [Output]
    public ITaskItem[] Locks => Directory.Exists(ManifestDirectory)
        ? [.. Directory.EnumerateFiles(ManifestDirectory, "*.lock")
            .Concat(Directory.EnumerateFiles(ManifestDirectory, ".*.fptrace-*")).Select(Item)]
        : [];

    /// <summary>
    /// The files below the root that steps read, except those that a traced step of the project makes.
    /// </summary>
    [Output]
    public ITaskItem[] TracedInputs => _inputs.Value;

    [Output]
    public ITaskItem[] TracedOutputs { get; private set; } = [];

    public override bool Execute()
    {
        ProjectState project = Project;
        var files = new SortedSet<string>(project.Steps.Keys.Where(File.Exists), StringComparer.Ordinal);
        if (Directory.Exists(ManifestDirectory))
        {
            files.UnionWith(Directory.EnumerateFiles(ManifestDirectory, "*.json"));
        }

        var loaded = files
            .Select(file => new LoadedStep(file, project.Steps.TryGetValue(file, out StepRecord? step)
                ? step.Load()
                : ManifestFile.Load(file).Manifest))
            .Where(step => step.Manifest is not null)
            .ToList();
        Manifests = [.. files.Select(Item)];
        ITaskItem[] outputs = [.. loaded.SelectMany(step => ManifestItems.Outputs(step.Manifest!, step.File))];
        var under = new DirectorySet(Under, ProjectDirectory);
        TracedOutputs = Under.Length == 0 ? outputs : [.. outputs.Where(output => under.Contains(output.ItemSpec))];
        var made = outputs.Select(output => output.ItemSpec).ToHashSet(StringComparer.Ordinal);
        var written = new DirectorySet(NotUnder, ProjectDirectory, orAbove: false);
        var built = new BuiltFiles();
        _inputs = new(() =>
        [
            .. loaded.SelectMany(step => ManifestItems.Inputs(step.Manifest!, step.File, ManifestItems.IsSource))
                .Where(input => !made.Contains(input.ItemSpec) && !written.Contains(input.ItemSpec)
                    && !(NotBuilt && built.Contains(input.ItemSpec)))
                .DistinctBy(input => (input.ItemSpec, input.GetMetadata("Step"))),
        ]);
        return true;
    }

    private static Microsoft.Build.Utilities.TaskItem Item(string path) => new(ManifestItems.Escape(path));
}

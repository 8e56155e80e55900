using Fptrace.MSBuild.State;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

/// <summary>A task about all traced steps of a project.</summary>
public abstract class ProjectTask : Microsoft.Build.Utilities.Task
{
    [Required]
    public string ProjectFile { get; set; } = "";

    [Required]
    public string ProjectDirectory { get; set; } = "";

    private protected ProjectState Project =>
        BuildState.Of(BuildEngine).Project(ProjectKey.Of(BuildEngine, ProjectDirectory), ProjectFile);
}

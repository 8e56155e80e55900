using System.Collections.Concurrent;
using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.Tool;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild.State;

/// <summary>State that the tasks of one build share on one node. MSBuild drops it at the end of the build.</summary>
internal sealed class BuildState
{
    private static readonly object Key = typeof(BuildState).AssemblyQualifiedName!;
    private static readonly Lock Registering = new();

    private readonly ConcurrentDictionary<ProjectKey, ConcurrentDictionary<string, ProjectState>> _projects = new();
    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    /// <summary>The tool for each runtime identifier and tool path that a project gave.</summary>
    public ConcurrentDictionary<string, Lazy<ToolChoice>> Tools { get; } = new(StringComparer.Ordinal);

    public static BuildState Of(IBuildEngine engine)
    {
        if (engine is not IBuildEngine4 build)
        {
            return new BuildState();
        }

        lock (Registering)
        {
            if (build.GetRegisteredTaskObject(Key, RegisteredTaskObjectLifetime.Build) is not BuildState state)
            {
                state = new BuildState();
                build.RegisterTaskObject(Key, state, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            }

            return state;
        }
    }

    /// <summary>Stores the settings of a project. Projects in one directory are told apart by their files.</summary>
    public void Configure(ProjectKey key, StepSettings settings) =>
        _projects.GetOrAdd(key, _ => new(StringComparer.Ordinal))[settings.ProjectFile] = new ProjectState(settings);

    /// <summary>The state of the project to which a task belongs.</summary>
    /// <param name="key">The directory and the global properties of the project.</param>
    /// <param name="taskFile">The file that contains the task: the project file, or one that it imports.</param>
    public ProjectState Project(ProjectKey key, string taskFile)
    {
        ConcurrentDictionary<string, ProjectState> candidates = _projects.GetOrAdd(key,
            _ => new(StringComparer.Ordinal));
        return candidates.TryGetValue(taskFile, out ProjectState? exact)
            ? exact
            : candidates.Values.FirstOrDefault()
                ?? candidates.GetOrAdd("", _ => new ProjectState(StepSettings.Default));
    }

    /// <returns>Whether the message is new in this build.</returns>
    public bool SayOnce(string what) => _said.TryAdd(what, true);
}

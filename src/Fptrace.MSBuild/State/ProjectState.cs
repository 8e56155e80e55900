using System.Collections.Concurrent;
using Fptrace.MSBuild.Choices;

namespace Fptrace.MSBuild.State;

/// <summary>One project in one build: its settings, and the steps seen so far.</summary>
internal sealed class ProjectState(StepSettings settings)
{
    private string? _root;

    public StepSettings Settings { get; } = settings;

    /// <summary>The root as <see cref="ProjectRoot"/> finds it, looked up once.</summary>
    public string Root(string projectDirectory) => _root ??= ProjectRoot.Of(projectDirectory);

    /// <summary>The outcomes of the steps in the order in which they ended, until they are reported.</summary>
    public ConcurrentQueue<StepOutcome> Outcomes { get; } = new();

    /// <summary>The steps by the full path of their manifest.</summary>
    public ConcurrentDictionary<string, StepRecord> Steps { get; } = new(StringComparer.Ordinal);
}

using System.Collections.Concurrent;
using Fptrace.MSBuild.Choices;

namespace Fptrace.MSBuild.State;

/// <summary>One project in one build: its settings, and the steps that came by.</summary>
internal sealed class ProjectState(StepSettings settings)
{
    private string? _root;

    public StepSettings Settings { get; } = settings;

    /// <summary><see cref="ProjectRoot"/>, which is not looked for again for each step.</summary>
    public string Root(string projectDirectory) => _root ??= ProjectRoot.Of(projectDirectory);

    /// <summary>What became of the steps, in the order in which that was known, until somebody tells it.</summary>
    public ConcurrentQueue<StepOutcome> Outcomes { get; } = new();

    /// <summary>By the full path of their manifest.</summary>
    public ConcurrentDictionary<string, StepRecord> Steps { get; } = new(StringComparer.Ordinal);
}

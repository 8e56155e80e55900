using System.Collections.Concurrent;

namespace Fptrace.MSBuild;

/// <summary>One project in one build: its settings, and the steps that came by.</summary>
internal sealed class ProjectState(StepSettings settings)
{
    public StepSettings Settings { get; } = settings;

    /// <summary>By the full path of their manifest.</summary>
    public ConcurrentDictionary<string, StepRecord> Steps { get; } = new(StringComparer.Ordinal);
}

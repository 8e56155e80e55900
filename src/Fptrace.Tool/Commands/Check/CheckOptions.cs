namespace Fptrace.Commands.Check;

/// <summary>What the user asked of <c>fptrace check</c> or <c>fptrace explain</c>.</summary>
/// <param name="Manifests">Files.</param>
/// <param name="Command">A command whose steps are meant; empty for none.</param>
internal sealed record CheckOptions(IReadOnlyList<string> Manifests, IReadOnlyList<string> Command)
{
    /// <summary>JSON on stdout.</summary>
    public bool Json { get; init; }

    /// <summary>Leave the manifest as it is, though files were touched.</summary>
    public bool NoRefresh { get; init; }

    /// <summary>Do not compare the environment.</summary>
    public bool NoEnvironment { get; init; }

    /// <summary>--root DIR; null: as <c>fptrace run</c> finds it.</summary>
    public string? Root { get; init; }

    /// <summary>Exit status alone.</summary>
    public bool Quiet { get; init; }
}

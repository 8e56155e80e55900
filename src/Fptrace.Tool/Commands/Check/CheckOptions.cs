namespace Fptrace.Commands.Check;

/// <summary>What the user asked of <c>fptrace check</c> or <c>fptrace explain</c>.</summary>
/// <param name="Manifests">Manifests, or directories with manifests.</param>
/// <param name="Command">The command whose steps are meant; empty for none.</param>
internal sealed record CheckOptions(IReadOnlyList<string> Manifests, IReadOnlyList<string> Command)
{
    /// <summary>--json: print JSON on stdout.</summary>
    public bool Json { get; init; }

    /// <summary>--no-refresh: leave the manifest as it is, even if files were only touched.</summary>
    public bool NoRefresh { get; init; }

    /// <summary>--no-env: do not compare the environment.</summary>
    public bool NoEnvironment { get; init; }

    /// <summary>--root DIR; null for the root that <c>fptrace run</c> finds.</summary>
    public string? Root { get; init; }

    /// <summary>--quiet: print nothing; the exit code tells.</summary>
    public bool Quiet { get; init; }

    /// <summary><c>explain</c>: show all reasons, and not only the first.</summary>
    public bool All { get; init; }
}

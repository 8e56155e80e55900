using Fptrace.Manifests.Format;
using Fptrace.Steps;

namespace Fptrace.Commands.Steps;

/// <summary>What both the command line of <c>fptrace run</c> and <see cref="ConfigFile"/> say.</summary>
internal abstract record StepOptions
{
    /// <summary>--root DIR; null for the git top level, or else the working directory.</summary>
    public string? Root { get; init; }

    /// <summary>--forget-after AGE; null for never.</summary>
    public TimeSpan? ForgetAfter { get; init; } = ManifestFolder.DefaultAge;

    /// <summary>--ignore GLOB, repeatable.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>--ignore-listing PATTERN, repeatable.</summary>
    public IReadOnlyList<string> IgnoreListing { get; init; } = [];

    /// <summary>--no-default-ignore.</summary>
    public bool NoDefaultIgnore { get; init; }

    /// <summary>--env NAME, repeatable.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>--env-mode all|strict|listed.</summary>
    public EnvironmentMode EnvironmentMode { get; init; }

    /// <summary>--env-ignore NAME, repeatable.</summary>
    public IReadOnlyList<string> EnvironmentIgnore { get; init; } = [];

    /// <summary>--env-pass NAME, repeatable.</summary>
    public IReadOnlyList<string> EnvironmentPass { get; init; } = [];

    /// <summary>--servers keep|none: whether known tools may leave and use servers.</summary>
    public bool KeepServers { get; init; }

    /// <summary>--allow-network.</summary>
    public bool AllowNetwork { get; init; }

    /// <summary>--quiet: only errors are written to stderr.</summary>
    public bool Quiet { get; init; }
}

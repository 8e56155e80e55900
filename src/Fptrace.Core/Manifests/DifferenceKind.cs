namespace Fptrace.Manifests;

/// <summary>What keeps a step from being up to date.</summary>
/// <remarks>The names in <see cref="DifferenceKinds"/> are stable, because JSON output holds them.</remarks>
public enum DifferenceKind
{
    /// <summary>There is no manifest, or it cannot be read.</summary>
    Manifest,

    /// <summary>The recorded run does not count.</summary>
    Refused,

    /// <summary>The command, its directory, its root or its options.</summary>
    Step,

    /// <summary>A variable of the environment.</summary>
    Environment,

    /// <summary>Something that the step depends on.</summary>
    Input,

    /// <summary>Something that the step made or removed.</summary>
    Output,
}

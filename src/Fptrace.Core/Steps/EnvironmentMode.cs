namespace Fptrace.Steps;

/// <summary>Which variables of the environment count.</summary>
/// <remarks>The names in <see cref="EnvironmentModes"/> are stable, because manifests hold them.</remarks>
public enum EnvironmentMode
{
    /// <summary>Every variable counts, except as <see cref="EnvironmentRules"/> say.</summary>
    All,

    /// <summary>The command gets only the listed variables, which count, and a few constants.</summary>
    Strict,

    /// <summary>
    /// The command gets every variable, but only the usual and the listed ones count. This is unsound.
    /// </summary>
    Listed,
}

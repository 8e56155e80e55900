namespace Fptrace.Steps;

/// <summary>Which variables of the environment count. The names in <see cref="EnvironmentModes"/> are stable: they
/// stand in manifests.</summary>
public enum EnvironmentMode
{
    /// <summary>Every variable counts, less what <see cref="EnvironmentRules"/> names.</summary>
    All,

    /// <summary>The command gets only the listed variables, which count, and a few constants.</summary>
    Strict,

    /// <summary>Only the usual ones and the listed ones count, and the command gets all: unsound.</summary>
    Listed,
}

namespace Fptrace.Steps;

/// <summary>How a tool is told what to do about servers.</summary>
public enum ServerRuleKind
{
    /// <summary>A variable. If the user has set it, it stays as it is.</summary>
    Variable,

    /// <summary>
    /// A system property for Java (<c>-Dname=value</c>), added to a variable that holds options for Java.
    /// </summary>
    JavaProperty,

    /// <summary>A setting of git, in the variables that GIT_CONFIG_COUNT counts (git-config(1)).</summary>
    GitSetting,
}

namespace Fptrace.Steps;

/// <summary>By which way a tool is told.</summary>
public enum ServerRuleKind
{
    /// <summary>A variable of its own. Where the user has set it, that stays.</summary>
    Variable,

    /// <summary>A system property in a variable of options for Java (<c>-Dname=value</c>), behind what the user has set
    /// there.</summary>
    JavaProperty,

    /// <summary>A setting of git, which counts its settings in variables.</summary>
    GitSetting,
}

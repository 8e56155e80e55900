namespace Fptrace.MSBuild;

/// <summary>Numbers of errors and warnings. A number is never given a second meaning.</summary>
internal static class Codes
{
    /// <summary>Error: a parameter has a value that it cannot have.</summary>
    public const string BadParameter = "FPT1001";

    /// <summary>Error: a step would run under <c>/question</c>.</summary>
    public const string NotUpToDate = "FPT1002";

    /// <summary>Audit: read, and not among the target's Inputs.</summary>
    public const string UndeclaredInput = "FPT2001";

    /// <summary>Audit: among the target's Inputs, and not read.</summary>
    public const string SuperfluousInput = "FPT2002";

    /// <summary>Audit: written, and not among the target's Outputs.</summary>
    public const string UndeclaredOutput = "FPT2003";

    /// <summary>Audit: among the target's Outputs, and not written.</summary>
    public const string SuperfluousOutput = "FPT2004";
}

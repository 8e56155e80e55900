namespace Fptrace.MSBuild;

/// <summary>Codes of errors and warnings. A code never changes its meaning.</summary>
internal static class Codes
{
    /// <summary>Error: a parameter has an invalid value.</summary>
    public const string BadParameter = "FPT1001";

    /// <summary>Error: a step would run under <c>/question</c>.</summary>
    public const string NotUpToDate = "FPT1002";

    /// <summary>Audit: a file was read, but is not among the target's Inputs.</summary>
    public const string UndeclaredInput = "FPT2001";

    /// <summary>Audit: a file is among the target's Inputs, but was not read.</summary>
    public const string SuperfluousInput = "FPT2002";

    /// <summary>Audit: a file was written, but is not among the target's Outputs.</summary>
    public const string UndeclaredOutput = "FPT2003";

    /// <summary>Audit: a file is among the target's Outputs, but was not written.</summary>
    public const string SuperfluousOutput = "FPT2004";
}

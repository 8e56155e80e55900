namespace Fptrace.Steps;

/// <summary>What counts of a variable.</summary>
public enum EnvironmentPart
{
    /// <summary>Its whole value.</summary>
    Whole,

    /// <summary>Nothing. The command does not get the variable.</summary>
    Withheld,

    /// <summary>Only whether it is set.</summary>
    WhetherSet,

    /// <summary>Its value, unless that is the one that a tool sets for itself and that changes no result.</summary>
    UnlessDefault,

    /// <summary>make's options, without those that say how many jobs run at once.</summary>
    MakeFlags,

    /// <summary>
    /// For PWD: the path through a link to the working directory. The directory's own path does not count.
    /// </summary>
    Directory,
}

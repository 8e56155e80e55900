namespace Fptrace.Steps;

/// <summary>What counts of a variable.</summary>
public enum EnvironmentPart
{
    /// <summary>Its value.</summary>
    Whole,

    /// <summary>Nothing, and the command does not get it.</summary>
    Withheld,

    /// <summary>Whether it is set.</summary>
    WhetherSet,

    /// <summary>Its value, unless that is the one that the tool which sets it takes without it, too.</summary>
    UnlessDefault,

    /// <summary>make's options without those that tell how many jobs run at once.</summary>
    MakeFlags,

    /// <summary>Of PWD: by which way it leads to the working directory, if not by the directory's own path.</summary>
    Directory,
}

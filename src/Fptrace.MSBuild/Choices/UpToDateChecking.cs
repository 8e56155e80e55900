namespace Fptrace.MSBuild.Choices;

/// <summary>How to check whether a step is up to date.</summary>
internal enum UpToDateChecking
{
    /// <summary>By content: a file that was only touched has not changed.</summary>
    Content,

    /// <summary>By time: a file with different times has changed.</summary>
    Timestamp,

    /// <summary>No check: the step always runs, and is recorded.</summary>
    Off,
}

namespace Fptrace.MSBuild.Choices;

/// <summary>How a step is found up to date.</summary>
internal enum UpToDateChecking
{
    /// <summary>A file that was touched and is equal has not changed.</summary>
    Content,

    /// <summary>A file whose times differ has changed.</summary>
    Timestamp,

    /// <summary>Never: the step always runs, and is recorded.</summary>
    Off,
}

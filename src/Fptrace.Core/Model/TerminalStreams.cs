namespace Fptrace.Model;

/// <summary>Which of a command's standard streams are a terminal.</summary>
[Flags]
public enum TerminalStreams
{
    None = 0,

    /// <summary>stdin.</summary>
    Input = 1,

    /// <summary>stdout.</summary>
    Output = 2,

    /// <summary>stderr.</summary>
    Error = 4,

    /// <summary>All three, as at a prompt where nothing is redirected.</summary>
    All = Input | Output | Error,
}

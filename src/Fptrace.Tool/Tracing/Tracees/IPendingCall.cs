namespace Fptrace.Tracing.Tracees;

/// <summary>
/// A system call between its entry and its end, as far as anybody looks at it but the calls' own classes, which make it and
/// finish it.
/// </summary>
internal interface IPendingCall
{
    /// <summary>It gives the caller, and whoever shares that with it, another root directory.</summary>
    bool ChangesRoot { get; }
}

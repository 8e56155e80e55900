namespace Fptrace.Linux.Ptracing;

/// <summary>What became of a ptrace request.</summary>
internal enum RequestOutcome
{
    Done,

    /// <summary>ESRCH: the thread stands still no more, because it was killed. The wait tells of its end.</summary>
    Vanished,

    /// <summary>The kernel does not have the request, or a sandbox denies it.</summary>
    Denied,
}

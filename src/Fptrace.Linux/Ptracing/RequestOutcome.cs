namespace Fptrace.Linux.Ptracing;

/// <summary>The outcome of a ptrace request.</summary>
internal enum RequestOutcome
{
    Done,

    /// <summary>ESRCH: the thread is no longer stopped, because it was killed. The next wait reports its end.</summary>
    Vanished,

    /// <summary>The kernel does not have the request, or a sandbox denies it.</summary>
    Denied,
}

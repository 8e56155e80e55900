using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>A thread that the ptrace thread is asked to interrupt.</summary>
internal sealed class RetryRequest(Tracee tracee)
{
    public Tracee Tracee { get; } = tracee;

    /// <summary>Set when it was tried.</summary>
    public ManualResetEventSlim Served { get; } = new();

    /// <summary>It will stop before it returns to its program.</summary>
    public bool IsInterrupted { get; set; }
}

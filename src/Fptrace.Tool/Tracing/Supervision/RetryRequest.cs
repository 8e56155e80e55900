using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Asks the ptrace thread to interrupt a thread.</summary>
internal sealed class RetryRequest(Tracee tracee)
{
    public Tracee Tracee { get; } = tracee;

    /// <summary>Set when the ptrace thread has tried it.</summary>
    public ManualResetEventSlim Served { get; } = new();

    /// <summary>Whether the thread will stop before it returns to its program.</summary>
    public bool IsInterrupted { get; set; }
}

using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// A stop, or the end of a thread, that is handled away from the ptrace thread. A tracee that has not ended stands
/// still meanwhile.
/// </summary>
/// <param name="tracee">The tracee.</param>
/// <param name="change">What wait4 told of it.</param>
/// <param name="work">Handles it, on an away thread.</param>
/// <param name="then">Does the rest on the ptrace thread, before the tracee goes on.</param>
internal sealed class AwayCall(
    Tracee tracee, ThreadChange change, Action<SyscallHandler> work, AwayCall.Rest then)
{
    public delegate void Rest(scoped in Stop stop);

    public Tracee Tracee => tracee;

    public ThreadChange Change => change;

    public Action<SyscallHandler> Work => work;

    public Rest Then => then;

    /// <summary>
    /// What wait4 told of the tracee since: it was killed, or an execve gave its number to another thread. Only the
    /// ptrace thread uses this.
    /// </summary>
    public List<ThreadChange> Later { get; } = [];

    /// <summary>What <see cref="Work"/> threw.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Set when the ptrace thread has taken the call back.</summary>
    public ManualResetEventSlim Served { get; } = new();
}

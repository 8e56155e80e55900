using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>A stop whose call is handled away from the ptrace thread. The tracee stands still meanwhile.</summary>
/// <param name="tracee">The tracee that made the call.</param>
/// <param name="work">Handles the call, on an away thread.</param>
/// <param name="then">Does the rest on the ptrace thread, before the tracee goes on.</param>
internal sealed class AwayCall(Tracee tracee, Action<SyscallHandler> work, AwayCall.Rest then)
{
    public delegate void Rest(scoped in Stop stop);

    public Tracee Tracee => tracee;

    public Action<SyscallHandler> Work => work;

    public Rest Then => then;

    /// <summary>The stop of the tracee. Only the ptrace thread uses this and <see cref="Later"/>.</summary>
    public ThreadChange Stop { get; set; }

    /// <summary>
    /// What wait4 told of the tracee since: it was killed, or an execve gave its number to another thread.
    /// </summary>
    public List<ThreadChange> Later { get; } = [];

    /// <summary>What <see cref="Work"/> threw.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Set when the ptrace thread has taken the call back.</summary>
    public ManualResetEventSlim Served { get; } = new();
}

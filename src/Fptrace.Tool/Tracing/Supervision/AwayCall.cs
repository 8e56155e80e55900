using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>A stop whose call is handled away from the ptrace thread, where its thread stands meanwhile.</summary>
/// <param name="tracee">Who stands still.</param>
/// <param name="work">On another thread.</param>
/// <param name="then">What is left to do with the stop before it goes on, on the ptrace thread.</param>
internal sealed class AwayCall(Tracee tracee, Action<SyscallHandler> work, AwayCall.Rest then)
{
    public delegate void Rest(scoped in Stop stop);

    public Tracee Tracee => tracee;

    public Action<SyscallHandler> Work => work;

    public Rest Then => then;

    /// <summary>Where it stands. The ptrace thread's alone, like what follows.</summary>
    public ThreadChange Stop { get; set; }

    /// <summary>What the wait told of it since: it was killed, or another thread took its number.</summary>
    public List<ThreadChange> Later { get; } = [];

    /// <summary>What the work threw.</summary>
    public Exception? Fault { get; set; }

    /// <summary>The ptrace thread has it back.</summary>
    public ManualResetEventSlim Served { get; } = new();
}

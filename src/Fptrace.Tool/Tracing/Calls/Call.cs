using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>
/// One kind of system call: when it stops, what its entry tells, and, by the <see cref="PendingCall"/> that it leaves, what its end means.
/// </summary>
/// <remarks>
/// A row of <see cref="SyscallTable"/> names the class and says where the call has its arguments: positions from 0 on, −1 for what it lacks.
/// Instances hold nothing else, and all threads share them.
/// </remarks>
internal abstract class Call
{
    /// <summary>What such calls do: their heading in docs/coverage.md.</summary>
    public abstract string Title { get; }

    /// <summary>When such a call stops.</summary>
    /// <param name="plan">What is wanted of the trace.</param>
    /// <param name="abi">Whose numbers of flags hold.</param>
    /// <returns>Null: never.</returns>
    public abstract Trap? TrapUnder(TracePlan plan, SyscallAbi abi);

    /// <param name="context">Of this thread.</param>
    /// <param name="tracee">Stands still at the entry.</param>
    /// <param name="call">The call.</param>
    /// <param name="seesExit">Whether <see cref="EntryAnswer.WantExit"/> can be had.</param>
    public abstract EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, bool seesExit);

    /// <summary>Whether it may ask for its end when it came as a notification, which shows none (<see cref="EntryAnswer.MakeAgain"/>).</summary>
    public virtual bool MayBeMadeAgain => false;

    /// <summary>Whether it looks up names, so that a file system may keep waiting whoever handles it.</summary>
    public virtual bool LooksUpNames => false;

    /// <summary>Whether the call, which a signal interrupted, may have waited: then EINTR is what it ends with untraced, too.</summary>
    public virtual bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) => false;
}

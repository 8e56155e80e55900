using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>One kind of system call: when it stops, and how its entry and its exit are handled.</summary>
/// <remarks>
/// A row of <see cref="SyscallTable"/> names the class and says where the call has its arguments: positions from 0 on,
/// or −1 for an argument that the call lacks. An instance holds nothing else, so all threads share it. What a call in
/// progress needs at its exit is in the <see cref="PendingCall"/> that <see cref="Enter"/> leaves with the tracee.
/// </remarks>
internal abstract class Call
{
    /// <summary>What such calls do. docs/coverage.md uses it as a heading.</summary>
    public abstract string Title { get; }

    /// <summary>The condition under which such a call stops.</summary>
    /// <param name="plan">What the outputs need of the trace.</param>
    /// <param name="abi">The ABI whose flag values the condition uses.</param>
    /// <returns>Null when it never stops.</returns>
    public abstract Trap? TrapUnder(TracePlan plan, SyscallAbi abi);

    /// <summary>Handles the entry of such a call.</summary>
    /// <param name="context">The context of the current thread.</param>
    /// <param name="tracee">The caller, which stands still at the entry.</param>
    /// <param name="call">The call.</param>
    /// <param name="exit">Whether <see cref="EntryAnswer.WantExit"/> is allowed.</param>
    public abstract EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit);

    /// <summary>Whether <see cref="Enter"/> may answer <see cref="EntryAnswer.MakeAgain"/> to a notification.</summary>
    public virtual bool MayBeMadeAgain => false;

    /// <summary>
    /// Where a call that looks up files has its paths. A file system may keep waiting the thread that handles the call.
    /// </summary>
    /// <returns>Null when the call looks up no file.</returns>
    public virtual PathPositions? Paths => null;

    /// <summary>Whether such a call, if it is done when its entry was handled, leaves names as they are, and what they
    /// mean to its caller.</summary>
    public virtual bool KeepsNames => false;

    /// <summary>
    /// Whether a call that a signal interrupted may have waited. If so, it ends with EINTR untraced, too.
    /// </summary>
    public virtual bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call) => false;
}

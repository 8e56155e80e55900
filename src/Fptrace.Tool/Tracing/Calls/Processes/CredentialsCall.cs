using Fptrace.Linux.Processes;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>setuid and its kin, setgroups, capset: the process may get other rights than ours.</summary>
/// <param name="kind">What the call sets.</param>
/// <param name="ids">How many of its arguments, from the first on, are ids.</param>
internal sealed class CredentialsCall(CredentialKind kind, int ids = 0) : Call
{
    public override string Title => "Credentials: who a process is";

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi) => Trap.Stop;

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        // To set the ids that a process has changes nothing. GNU make does so in each of its children.
        if (AreKept(call))
        {
            return EntryAnswer.GoNamesKept;
        }

        tracee.Enter(Surroundings.OwnCredentials);
        context.ProcessorAffinity.Forbid();
        return EntryAnswer.Go;
    }

    /// <summary>Whether a thread with our ids still has them after the call.</summary>
    private bool AreKept(in SyscallEntry call)
    {
        uint? ours = kind switch
        {
            CredentialKind.User => ThreadCredentials.User,
            CredentialKind.Group => ThreadCredentials.Group,
            _ => null,
        };
        for (int i = 0; i < ids && ours is not null; i++)
        {
            // An id of −1 stays as it is (setresuid(2)).
            ours = call.Int(i) == -1 || (uint)call.Int(i) == ours ? ours : null;
        }

        return ours is not null;
    }
}

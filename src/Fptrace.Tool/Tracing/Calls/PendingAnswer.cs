using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>A call that is refused: it is not made, and nothing comes of it.</summary>
internal sealed class PendingAnswer : PendingCall
{
    /// <returns>What the entry answers.</returns>
    public static EntryAnswer Give(Tracee tracee, long result)
    {
        tracee.Call.Await(new PendingAnswer { Answer = result });
        return EntryAnswer.Skip;
    }
}

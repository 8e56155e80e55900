using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>A call that we refuse: the kernel does not make it.</summary>
internal sealed class PendingAnswer : PendingCall
{
    /// <summary>Refuses a call, which returns <paramref name="result"/> instead.</summary>
    /// <returns>The answer for its entry.</returns>
    public static EntryAnswer Give(Tracee tracee, long result)
    {
        tracee.Call.Await(new PendingAnswer { Answer = result });
        return EntryAnswer.Skip;
    }
}

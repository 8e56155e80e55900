using System.Collections.Frozen;
using Fptrace.Linux.Headers;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>A descriptor that a thread has just opened, and whose meaning its next calls decide.</summary>
/// <remarks>
/// Each of these calls stops. Other threads cannot have used the descriptor: to tell them its number takes a call that
/// is not harmless.
/// </remarks>
internal abstract class FollowedDescriptor : IFollowedDescriptor
{
    private const int Patience = 16;
    private int _calls;

    /// <inheritdoc/>
    public bool Follow(Recorder recorder, int tgid, in ptrace_syscall_info entry)
    {
        FollowedCall call = entry.arch == SyscallAbi.Native.Audit && ++_calls <= Patience
            ? Judge(entry)
            : FollowedCall.Unknown;
        if (call != FollowedCall.Harmless)
        {
            Ended(recorder, tgid, call);
        }

        return call == FollowedCall.Harmless;
    }

    /// <summary>What a call of the native ABI means for the descriptor.</summary>
    protected abstract FollowedCall Judge(in ptrace_syscall_info entry);

    /// <summary>Called with the first call that is not harmless. The descriptor is not followed any more.</summary>
    /// <param name="recorder">The recorder, to note what that means.</param>
    /// <param name="tgid">The process.</param>
    /// <param name="call">What the call meant.</param>
    protected abstract void Ended(Recorder recorder, int tgid, FollowedCall call);

    /// <summary>The numbers of these calls on this machine.</summary>
    protected static FrozenSet<int> Numbers(params string[] names) => SyscallTable.Rows
        .Where(row => names.Contains(row.Name))
        .Select(row => SyscallAbi.Native.NumberOf(row))
        .Where(number => number >= 0)
        .ToFrozenSet();
}

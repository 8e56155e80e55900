using System.Collections.Frozen;
using Fptrace.Linux.Headers;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>A descriptor that a thread has just opened, while its next calls are looked at: what it does first with it tells what it means.</summary>
/// <remarks>No other thread can have used it, for its number is known to this one alone. To tell another takes a call that is not harmless.</remarks>
internal abstract class FollowedDescriptor : IFollowedDescriptor
{
    private const int Patience = 16;
    private int _calls;

    /// <inheritdoc/>
    public bool Follow(Recorder recorder, int tgid, in ptrace_syscall_info entry)
    {
        FollowedCall call = entry.arch == SyscallAbi.Native.Audit && ++_calls <= Patience ? Judge(entry) : FollowedCall.Unknown;
        if (call != FollowedCall.Harmless)
        {
            Ended(recorder, tgid, call);
        }

        return call == FollowedCall.Harmless;
    }

    /// <summary>What a call of this machine's own ABI means for the descriptor.</summary>
    protected abstract FollowedCall Judge(in ptrace_syscall_info entry);

    /// <summary>It is followed no more.</summary>
    /// <param name="recorder">Learns why.</param>
    /// <param name="tgid">Of the process.</param>
    /// <param name="call">What ended it: not a harmless call.</param>
    protected abstract void Ended(Recorder recorder, int tgid, FollowedCall call);

    /// <summary>The numbers of calls on this machine.</summary>
    protected static FrozenSet<int> Numbers(params string[] names) => SyscallTable.Rows
        .Where(row => names.Contains(row.Name))
        .Select(row => (int)(SyscallAbi.Native.Audit == seccomp.AUDIT_ARCH_AARCH64 ? row.Arm64 : row.X64))
        .Where(number => number >= 0)
        .ToFrozenSet();
}

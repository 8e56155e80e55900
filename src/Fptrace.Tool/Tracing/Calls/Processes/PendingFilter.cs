using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>A filter of the command's own is installed.</summary>
/// <remarks>
/// Its SECCOMP_RET_TRACE means ENOSYS, for the command has no tracer. The kernel tells such a stop from ours, but a
/// notification comes first (seccomp(2)) and lets the call go on. So under <see cref="EngineKind.Notify"/> the programs
/// are kept, and asked before each answer. The kernel grants one listener to a process and its ancestors, and asks it
/// before it stops anybody for a tracer.
/// </remarks>
/// <param name="program">null where nobody needs it.</param>
/// <param name="flags">SECCOMP_FILTER_FLAG_ flags.</param>
internal sealed class PendingFilter(FilterProgram? program, uint flags) : PendingCall
{
    private const string Remedy = "; --engine syscall lets it have one and sees everything";

    /// <summary>The caller's filters have become those of all threads of its process.</summary>
    public bool IsShared { get; private set; }

    /// <param name="context">Of this thread.</param>
    /// <param name="call">The call.</param>
    /// <param name="address">Of its struct sock_fprog.</param>
    /// <param name="flags">SECCOMP_FILTER_FLAG_ flags.</param>
    public static PendingFilter Read(CallContext context, in SyscallEntry call, ulong address, uint flags)
    {
        // An unsigned short with a gap behind it, and a pointer.
        if (context.Engine != EngineKind.Notify
            || !context.Memory.TryReadNumber(address, sizeof(uint), out ulong length)
            || !context.Memory.TryReadNumber(address + (ulong)call.PointerSize, call.PointerSize, out ulong instructions)
            || (ushort)length > bpf.BPF_MAXINSNS)
        {
            return new PendingFilter(null, flags);
        }

        var program = new sock_filter[(ushort)length];
        return new PendingFilter(
            context.Memory.TryRead(instructions, MemoryMarshal.AsBytes(program.AsSpan())) ? new FilterProgram(program) : null, flags);
    }

    protected override void Succeeded(CallContext context, Tracee tracee, long result)
    {
        bool listens = (flags & seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
        bool shares = (flags & seccomp.SECCOMP_FILTER_FLAG_TSYNC) != 0;
        if (shares && !listens && result > 0)
        {
            // The thread that has another filter and keeps all of them from this one.
            return;
        }

        IsShared = shares;
        if (program is { MayTrace: true })
        {
            tracee.Use(new FilterChain(program, tracee.World.Filters));
        }

        if (listens && context.Engine == EngineKind.Ptrace)
        {
            context.Recorder.AddReason(
                IncompleteReason.InnerListener, tracee.Tgid, "it listens to calls by seccomp, and those that it lets go on are not seen" + Remedy);
        }
    }

    protected override void Failed(CallContext context, Tracee tracee, long error)
    {
        if ((flags & seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0 && context.Engine == EngineKind.Notify && error == -errno.EBUSY)
        {
            context.Recorder.AddReason(
                IncompleteReason.InnerListener, tracee.Tgid, "it asked for a listener of seccomp, which fptrace is already: the kernel refused" + Remedy);
        }
    }
}

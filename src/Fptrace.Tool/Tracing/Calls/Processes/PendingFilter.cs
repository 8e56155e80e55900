using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Processes;

/// <summary>The installation of a seccomp filter by the command.</summary>
/// <remarks>
/// Where such a filter answers SECCOMP_RET_TRACE, the command expects ENOSYS, since it has no tracer of its own. But a
/// notification outranks that answer (seccomp(2)), and when we let the call go on, the kernel makes it. So under
/// <see cref="EngineKind.Notify"/> we keep the filter and run it before each answer. A filter with a listener differs:
/// the kernel grants only one to a process and its ancestors, and asks it before it stops the thread for a tracer.
/// </remarks>
/// <param name="program">The filter; null where nobody needs it.</param>
/// <param name="flags">The SECCOMP_FILTER_FLAG_ flags.</param>
internal sealed class PendingFilter(FilterProgram? program, uint flags) : PendingCall
{
    private const string Remedy = "; --engine syscall lets it have one and sees everything";

    /// <summary>Whether all threads of the process have the caller's filters now (SECCOMP_FILTER_FLAG_TSYNC).</summary>
    public bool IsShared { get; private set; }

    /// <summary>Reads the filter from the tracee's memory.</summary>
    /// <param name="context">The context of the current thread.</param>
    /// <param name="call">The call.</param>
    /// <param name="address">Address of its struct sock_fprog.</param>
    /// <param name="flags">The SECCOMP_FILTER_FLAG_ flags.</param>
    public static PendingFilter Read(
        CallContext context, Tracee tracee, in SyscallEntry call, ulong address, uint flags)
    {
        if (context.Plan.Fast is not null)
        {
            tracee.Enter(Surroundings.OwnFilter);
        }

        // struct sock_fprog: an unsigned short, padding, and a pointer.
        if (!context.Engine.Notifies()
            || !context.Memory.TryReadNumber(address, sizeof(uint), out ulong length)
            || !context.Memory.TryReadNumber(address + (ulong)call.PointerSize, call.PointerSize,
                out ulong instructions)
            || (ushort)length > bpf.BPF_MAXINSNS)
        {
            return new PendingFilter(null, flags);
        }

        var program = new sock_filter[(ushort)length];
        return new PendingFilter(
            context.Memory.TryRead(instructions, MemoryMarshal.AsBytes(program.AsSpan()))
                ? new FilterProgram(program)
                : null, flags);
    }

    protected override void Succeeded(CallContext context, Tracee tracee, long result)
    {
        bool listens = (flags & seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
        bool shares = (flags & seccomp.SECCOMP_FILTER_FLAG_TSYNC) != 0;
        if (shares && !listens && result > 0)
        {
            // The result is the id of a thread whose own filters prevent the sharing: nothing was installed
            // (seccomp(2)).
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
                IncompleteReason.InnerListener, tracee.Tgid,
                "it listens to calls by seccomp, and those that it lets go on are not seen" + Remedy);
        }
    }

    protected override void Failed(CallContext context, Tracee tracee, long error)
    {
        if ((flags & seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0 && context.Engine.Notifies()
            && error == -errno.EBUSY)
        {
            context.Recorder.AddReason(
                IncompleteReason.InnerListener, tracee.Tgid,
                "it asked for a listener of seccomp, which fptrace is already: the kernel refused" + Remedy);
        }
    }
}

using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>Makes a thread map memory for its tracer, with the instruction of the system call that it is about to make
/// again.</summary>
/// <remarks>
/// Only x86-64. The thread stands in a stop of PTRACE_INTERRUPT. Each mapping takes two more stops. If the thread stops
/// for something else meanwhile, it gets its registers back, and the caller handles that stop.
/// </remarks>
internal unsafe ref struct RemoteMapping
{
    private const int SYS_mmap = 9;
    private const ulong NoCall = ulong.MaxValue;

    private readonly int _tid;
    private user_regs_struct _saved;

    private RemoteMapping(int tid) => _tid = tid;

    /// <summary>What the thread did instead of the mapping; null: nothing.</summary>
    public ThreadChange? Instead { get; private set; }

    /// <summary>Begins it, if the thread was interrupted in a call whose instruction ends here.</summary>
    public static bool TryBegin(scoped in Stop stop, ulong instruction, out RemoteMapping mapping)
    {
        mapping = new RemoteMapping(stop.Tid);
        fixed (user_regs_struct* saved = &mapping._saved)
        {
            return Registers(stop.Tid, ptrace.PTRACE_GETREGSET, saved)
                && mapping._saved.rip == instruction
                && (long)mapping._saved.orig_rax >= 0
                && (Restart)(int)mapping._saved.rax is Restart.Always or Restart.IfAsked;
        }
    }

    /// <returns>The address; null when the kernel refuses it, or with <see cref="Instead"/>.</returns>
    public ulong? Map(ulong address, ulong length, ulong protection, ulong flags, ulong offset)
    {
        user_regs_struct registers = _saved;
        registers.rip = _saved.rip - 2;
        registers.orig_rax = NoCall;
        registers.rax = SYS_mmap;
        registers.rdi = address;
        registers.rsi = length;
        registers.rdx = protection;
        registers.r10 = flags;
        registers.r8 = ulong.MaxValue;
        registers.r9 = offset;
        if (!Registers(_tid, ptrace.PTRACE_SETREGSET, &registers)
            || !StopsAtCall()
            || !StopsAtCall()
            || !Registers(_tid, ptrace.PTRACE_GETREGSET, &registers))
        {
            return null;
        }

        return (long)registers.rax is < 0 and > -4096 ? null : registers.rax;
    }

    /// <summary>Gives the thread its registers back: it makes its call again.</summary>
    public void End()
    {
        if (Instead is not null)
        {
            return;
        }

        // At the exit of a call the kernel does not look whether an interrupted one is to be made again.
        user_regs_struct registers = _saved;
        registers.rip = _saved.rip - 2;
        registers.rax = _saved.orig_rax;
        registers.orig_rax = NoCall;
        _ = Registers(_tid, ptrace.PTRACE_SETREGSET, &registers);
    }

    private bool StopsAtCall()
    {
        _ = ptrace.call(ptrace.PTRACE_SYSCALL, _tid, 0, 0);
        if (ThreadChange.WaitFor(_tid) is not { } change)
        {
            return false;
        }

        if (change.IsStop && change.Status.Event == 0 && change.Status.StopSignal == (signal.SIGTRAP | 0x80))
        {
            return true;
        }

        Instead = change;
        if (change.IsStop)
        {
            fixed (user_regs_struct* saved = &_saved)
            {
                _ = Registers(_tid, ptrace.PTRACE_SETREGSET, saved);
            }
        }

        return false;
    }

    private static bool Registers(int tid, int request, user_regs_struct* registers)
    {
        iovec io = new() { iov_base = (nint)registers, iov_len = sizeof(user_regs_struct) };
        return ptrace.call(request, tid, ptrace.NT_PRSTATUS, (nint)(&io)) >= 0
            && io.iov_len == sizeof(user_regs_struct);
    }
}

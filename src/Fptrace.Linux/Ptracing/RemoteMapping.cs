using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.reg_X64;

namespace Fptrace.Linux.Ptracing;

/// <summary>Makes a thread map memory for its tracer, with the instruction of the system call that it is about to make
/// again.</summary>
/// <remarks>
/// Only x86-64. The thread stands in a stop of PTRACE_INTERRUPT. Each mapping takes two more stops. If the thread stops
/// for something else meanwhile, it gets its registers back, and the caller handles that stop.
/// </remarks>
internal ref struct RemoteMapping
{
    private const int SYS_mmap = 9;
    private const int SYS_madvise = 28;
    private const ulong NoCall = ulong.MaxValue;
    private const int SizeOfCall = 2;

    // The stop of the thread, now.
    private Stop _stop;
    private Registers _saved;

    /// <summary>What the thread did instead of the mapping; null: nothing.</summary>
    public ThreadChange? Instead { get; private set; }

    /// <summary>Begins it, if the thread was interrupted in a call whose instruction ends here.</summary>
    public static bool TryBegin(Stop stop, ulong instruction, out RemoteMapping mapping)
    {
        mapping = default;
        mapping._stop = stop;
        return stop.TryGetRegisters(out mapping._saved)
            && mapping._saved[RIP] == instruction
            && mapping._saved.Signed(ORIG_RAX) >= 0
            && (Restart)(int)mapping._saved[RAX] is Restart.Always or Restart.IfAsked;
    }

    /// <returns>The address; null when the kernel refuses it, or with <see cref="Instead"/>.</returns>
    public ulong? Map(ulong address, ulong length, ulong protection, ulong flags, ulong offset) =>
        Call(SYS_mmap, address, length, protection, flags, offset);

    /// <summary>madvise(2).</summary>
    /// <returns>Whether the kernel has taken the advice.</returns>
    public bool Advise(ulong address, ulong length, ulong advice) => Call(SYS_madvise, address, length, advice) == 0;

    /// <summary>Gives the thread its registers back: it makes its call again.</summary>
    public void End()
    {
        if (Instead is not null)
        {
            return;
        }

        // At the exit of a call the kernel does not look whether an interrupted one is to be made again.
        Registers registers = _saved;
        registers[RIP] = _saved[RIP] - SizeOfCall;
        registers[RAX] = _saved[ORIG_RAX];
        registers[ORIG_RAX] = NoCall;
        _stop.Set(registers);
    }

    private ulong? Call(ulong number, ulong first, ulong second, ulong third, ulong fourth = 0, ulong sixth = 0)
    {
        Registers registers = _saved;
        registers[RIP] = _saved[RIP] - SizeOfCall;
        registers[ORIG_RAX] = NoCall;
        registers[RAX] = number;
        registers[RDI] = first;
        registers[RSI] = second;
        registers[RDX] = third;
        registers[R10] = fourth;
        registers[R8] = ulong.MaxValue;
        registers[R9] = sixth;
        _stop.Set(registers);
        return StopsAtCall() && StopsAtCall() && _stop.TryGetRegisters(out registers)
            && registers.Signed(RAX) is not (< 0 and > -4096)
            ? registers[RAX]
            : null;
    }

    private bool StopsAtCall()
    {
        _ = _stop.ResumeToSyscall(signal: 0);
        if (ThreadChange.WaitFor(_stop.Tid) is not { } change)
        {
            return false;
        }

        _stop = new Stop(change);
        if (change.IsStop && change.Status.Event == 0 && change.Status.StopSignal == (signal.SIGTRAP | 0x80))
        {
            return true;
        }

        Instead = change;
        if (change.IsStop)
        {
            _stop.Set(_saved);
        }

        return false;
    }
}

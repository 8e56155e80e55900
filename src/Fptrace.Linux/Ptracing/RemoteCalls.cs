using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.reg_X64;

namespace Fptrace.Linux.Ptracing;

/// <summary>Makes a thread make system calls for its tracer, with the instruction of the call that it is about to make
/// again.</summary>
/// <remarks>
/// Only x86-64. The thread stands in a stop of PTRACE_INTERRUPT. Each call takes two more stops, to which the caller
/// resumes the thread (<see cref="Stop.ResumeToSyscall"/>). Nobody waits for them: a frozen thread (cgroups) stops when
/// it is thawed, and whoever does that may be traced, too.
/// </remarks>
internal sealed class RemoteCalls
{
    private const int SYS_mmap = 9;
    private const int SYS_madvise = 28;
    private const int SYS_shmat = 30;
    private const int SYS_shmdt = 67;
    private const ulong NoCall = ulong.MaxValue;
    private const int SizeOfCall = 2;

    private readonly Registers _saved;
    private bool _isInside;

    private RemoteCalls(in Registers saved) => _saved = saved;

    /// <summary>Begins them, if the thread was interrupted in a call whose instruction ends here.</summary>
    public static RemoteCalls? TryBegin(scoped in Stop stop, ulong instruction) =>
        stop.TryGetRegisters(out Registers saved)
        && saved[RIP] == instruction
        && saved.Signed(ORIG_RAX) >= 0
        && (Restart)(int)saved[RAX] is Restart.Always or Restart.IfAsked
            ? new RemoteCalls(saved)
            : null;

    /// <summary>mmap(2), of no file.</summary>
    public void Map(
        scoped in Stop stop, ulong address, ulong length, ulong protection, ulong flags, ulong offset) =>
        Begin(stop, SYS_mmap, address, length, protection, flags, offset);

    /// <summary>madvise(2).</summary>
    public void Advise(scoped in Stop stop, ulong address, ulong length, ulong advice) =>
        Begin(stop, SYS_madvise, address, length, advice);

    /// <summary>shmat(2), to read and to execute.</summary>
    public void Attach(scoped in Stop stop, SharedMemory memory, ulong address) =>
        Begin(stop, SYS_shmat, (ulong)memory.Id, address, SharedMemory.AttachFlags);

    /// <summary>shmdt(2).</summary>
    public void Detach(scoped in Stop stop, ulong address) => Begin(stop, SYS_shmdt, address, 0, 0);

    /// <summary>Called at the next stop of the thread.</summary>
    /// <param name="stop">The stop.</param>
    /// <param name="result">What the call has returned, or −errno; null while it has not.</param>
    /// <returns>false for a stop of another kind. There, <see cref="End"/> is not to be called: the thread has its
    /// registers back.</returns>
    public bool Takes(scoped in Stop stop, out long? result)
    {
        result = null;
        if (stop.Status.Event != 0 || stop.Status.StopSignal != (signal.SIGTRAP | 0x80))
        {
            stop.Set(_saved);
            return false;
        }

        if (_isInside)
        {
            result = stop.TryGetRegisters(out Registers registers) ? registers.Signed(RAX) : -errno.ESRCH;
        }

        _isInside = !_isInside;
        return true;
    }

    /// <summary>Gives the thread its registers back: it makes its call again.</summary>
    public void End(scoped in Stop stop)
    {
        // At the exit of a call the kernel does not look whether an interrupted one is to be made again.
        Registers registers = _saved;
        registers[RIP] = _saved[RIP] - SizeOfCall;
        registers[RAX] = _saved[ORIG_RAX];
        registers[ORIG_RAX] = NoCall;
        stop.Set(registers);
    }

    private void Begin(scoped in Stop stop, ulong number, ulong first, ulong second, ulong third, ulong fourth = 0,
        ulong sixth = 0)
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
        stop.Set(registers);
    }
}

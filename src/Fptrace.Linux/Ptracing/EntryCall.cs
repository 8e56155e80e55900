using System.Buffers.Binary;
using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.reg_X64;

namespace Fptrace.Linux.Ptracing;

/// <summary>Makes a thread attach memory for its tracer (shmat(2)), before the first instruction of a program that it
/// has just become.</summary>
/// <remarks>
/// Only x86-64. At the stop of the event (PTRACE_EVENT_EXEC) its call of execve has still to return, and that sets rax.
/// So the instructions that load the number, and a breakpoint behind them, stand for a moment where other code of the
/// program will be changed. It takes one more stop, for which nobody waits: a thread may be frozen (cgroups).
/// </remarks>
internal sealed class EntryCall
{
    private readonly Registers _saved;
    private readonly ulong _mapped;
    private readonly CodeWord[] _words;

    private EntryCall(in Registers saved, ulong mapped, CodeWord[] words)
    {
        _saved = saved;
        _mapped = mapped;
        _words = words;
    }

    // mov eax, SYS_shmat; syscall; int3
    private static ulong Instructions => BinaryPrimitives.ReadUInt64LittleEndian([0xb8, 30, 0, 0, 0, 0x0f, 0x05, 0xcc]);

    private ulong Start => _mapped + _words[0].Offset;

    /// <param name="stop">The stop of the event.</param>
    /// <param name="entry">How far the first instruction is from where its file is mapped.</param>
    /// <param name="words">What is to be changed in that file, at least one.</param>
    /// <param name="memory">What it attaches.</param>
    /// <param name="distance">How far below the file.</param>
    /// <returns>null when other code is there: nothing has changed.</returns>
    public static EntryCall? TryBegin(
        scoped in Stop stop, ulong entry, CodeWord[] words, SharedMemory memory, ulong distance)
    {
        if (!stop.TryGetRegisters(out Registers saved) || saved.Layout.WordSize != sizeof(ulong))
        {
            return null;
        }

        var call = new EntryCall(saved, saved[RIP] - entry, words);
        if (call._mapped <= distance
            || !TraceeMemory.TryPeek(stop.Tid, call.Start, out ulong there)
            || there != words[0].Before)
        {
            return null;
        }

        stop.Poke(call.Start, Instructions);
        Registers registers = saved;
        registers[RIP] = call.Start;
        registers[RDI] = (ulong)memory.Id;
        registers[RSI] = call._mapped - distance;
        registers[RDX] = SharedMemory.AttachFlags;
        stop.Set(registers);
        return call;
    }

    /// <summary>Called at the next stop of the thread: it has its registers back.</summary>
    /// <returns>What the call has returned, or −errno; null when it stopped for something else. Then the code is the
    /// program's, and <see cref="End"/> is not to be called.</returns>
    public long? Ended(scoped in Stop stop)
    {
        long? result = stop.Status.Event == 0 && stop.Status.StopSignal == signal.SIGTRAP
            && stop.TryGetRegisters(out Registers registers) && registers[RIP] == Start + sizeof(ulong)
            ? registers.Signed(RAX)
            : null;
        stop.Set(_saved);
        if (result is null)
        {
            stop.Poke(Start, _words[0].Before);
        }

        return result;
    }

    /// <summary>Gives the program its code back, or changes it.</summary>
    public void End(scoped in Stop stop, bool changes)
    {
        if (!changes)
        {
            stop.Poke(Start, _words[0].Before);
            return;
        }

        foreach (CodeWord word in _words)
        {
            stop.Poke(_mapped + word.Offset, word.After);
        }
    }
}

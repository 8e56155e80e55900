using System.Buffers.Binary;
using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.reg_X64;

namespace Fptrace.Linux.Ptracing;

/// <summary>Makes a thread attach memory for its tracer (shmat(2)), before the first instruction of a program that it
/// has just become.</summary>
/// <remarks>
/// Only x86-64, under a filter of ours. At the stop of the event (PTRACE_EVENT_EXEC) its call of execve has still to
/// return, and that sets rax. So instructions that load the number stand for a moment where code of the program will be
/// changed. Behind them is a call of rename, for which our filter makes the thread stop, and no other forbids it. It is
/// not made. (A breakpoint would do, but it takes a blocked or ignored SIGTRAP from the program.) Nobody waits for that
/// stop: a thread may be frozen (cgroups).
/// </remarks>
internal sealed class EntryCall
{
    private const byte SYS_shmat = 30;
    private const byte SYS_shmdt = 67;
    private const byte SYS_rename = 82;
    private const ulong NoCall = ulong.MaxValue;

    private readonly Registers _saved;
    private readonly ulong _mapped;
    private readonly CodeWord[] _words;

    private EntryCall(in Registers saved, ulong mapped, CodeWord[] words)
    {
        _saved = saved;
        _mapped = mapped;
        _words = words;
    }

    private ulong Start => _mapped + _words[0].Offset;

    // Behind the second system call.
    private ulong Stopped => Start + 15;

    /// <param name="stop">The stop of the event.</param>
    /// <param name="entry">How far the first instruction is from where its file is mapped.</param>
    /// <param name="words">What is to be changed in that file. The second follows the first.</param>
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
        if (call._mapped <= distance || !call.AreThere(stop.Tid))
        {
            return null;
        }

        return call.Begin(
            stop, saved, SYS_shmat, (ulong)memory.Id, call._mapped - distance, SharedMemory.AttachFlags)
            ? call
            : null;
    }

    /// <summary>After <see cref="Ended"/>: the thread detaches what it has attached (shmdt(2)).</summary>
    public void Detach(scoped in Stop stop, ulong address)
    {
        Registers registers = _saved;
        registers[ORIG_RAX] = NoCall;
        _ = Begin(stop, registers, SYS_shmdt, address);
    }

    /// <summary>Called at the next stop of the thread: it has its registers back.</summary>
    /// <returns>What the call has returned, or −errno; null when it stopped for something else. Then the code is the
    /// program's, and <see cref="End"/> is not to be called.</returns>
    public long? Ended(scoped in Stop stop)
    {
        if (stop.Status.Event != ptrace.PTRACE_EVENT_SECCOMP || !stop.TryGetRegisters(out Registers registers)
            || registers[RIP] != Stopped)
        {
            stop.Set(_saved);
            End(stop, changes: false);
            return null;
        }

        // The kernel makes whatever call is there then, and execve is the one that has returned.
        stop.Set(_saved, ORIG_RAX, NoCall);
        return registers.Signed(R9);
    }

    /// <summary>Gives the program its code back, or changes it.</summary>
    public void End(scoped in Stop stop, bool changes)
    {
        for (int i = 0; i < (changes ? _words.Length : 2); i++)
        {
            _ = stop.TryPoke(_mapped + _words[i].Offset, changes ? _words[i].After : _words[i].Before);
        }
    }

    // The kernel may have mapped another file than the one that was read since.
    private bool AreThere(int tid)
    {
        Span<ulong> words = stackalloc ulong[_words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = _mapped + _words[i].Offset;
        }

        if (!TraceeMemory.TryPeek(tid, words))
        {
            return false;
        }

        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != _words[i].Before)
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>false when there is no memory for a page of the process's own.</returns>
    private bool Begin(scoped in Stop stop, Registers registers, byte number, ulong first, ulong second = 0,
        ulong third = 0)
    {
        // mov eax, the number; syscall; mov r9, rax; push SYS_rename; pop rax; syscall; nop
        ReadOnlySpan<byte> code =
            [0xb8, number, 0, 0, 0, 0x0f, 0x05, 0x49, 0x89, 0xc1, 0x6a, SYS_rename, 0x58, 0x0f, 0x05, 0x90];
        if (!stop.TryPoke(Start, BinaryPrimitives.ReadUInt64LittleEndian(code)))
        {
            return false;
        }

        if (!stop.TryPoke(Start + sizeof(ulong), BinaryPrimitives.ReadUInt64LittleEndian(code[sizeof(ulong)..])))
        {
            End(stop, changes: false);
            return false;
        }

        registers[RIP] = Start;
        registers[RDI] = first;
        registers[RSI] = second;
        registers[RDX] = third;
        stop.Set(registers);
        return true;
    }
}

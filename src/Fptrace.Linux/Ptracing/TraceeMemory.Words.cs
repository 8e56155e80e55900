using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.Ptracing;

/// <summary>Looks at single words of a thread that stands still.</summary>
internal sealed unsafe partial class TraceeMemory
{
    /// <summary>Reads a word at a multiple of its size from a stopped thread.</summary>
    internal static bool TryPeek(int tid, ulong address, out ulong word)
    {
        // Use the bare system call: the function of the C library returns the word itself, which may be −1.
        ulong value = 0;
        bool isRead = libc.syscall(SYS_ptrace, ptrace.PTRACE_PEEKDATA, tid, (nint)address, (nint)(&value), 0) == 0;
        word = value;
        return isRead;
    }

    /// <summary>Whether a program may write to its own memory there. The byte that is there is written.</summary>
    public static bool MayWrite(int tid, ulong address, byte there)
    {
        iovec local = new() { iov_base = (nint)(&there), iov_len = 1 };
        iovec remote = new() { iov_base = (nint)address, iov_len = 1 };
        return libc.process_vm_writev(tid, &local, 1, &remote, 1, 0) == 1;
    }

    /// <summary>Reads several such words at once.</summary>
    /// <param name="tid">A stopped thread.</param>
    /// <param name="words">Their addresses; then, their values.</param>
    internal static bool TryPeek(int tid, Span<ulong> words)
    {
        int size = words.Length * sizeof(ulong);
        Span<ulong> found = stackalloc ulong[words.Length];
        Span<iovec> remote = stackalloc iovec[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            remote[i] = new() { iov_base = (nint)words[i], iov_len = sizeof(ulong) };
        }

        fixed (ulong* p = found)
        fixed (iovec* from = remote)
        {
            iovec local = new() { iov_base = (nint)p, iov_len = size };
            if (libc.process_vm_readv(tid, &local, 1, from, (nuint)words.Length, 0) == size)
            {
                found.CopyTo(words);
                return true;
            }
        }

        // A sandbox may deny that.
        foreach (ref ulong word in words)
        {
            if (!TryPeek(tid, word, out word))
            {
                return false;
            }
        }

        return true;
    }
}

using System.Collections.Frozen;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls;

namespace Fptrace.Tracing.Tracees;

/// <summary>A file that a thread has just opened for reading and writing as it is: each of its next calls is looked at, until the file is cut to nothing unread.</summary>
/// <remarks>
/// .NET opens so, locks the file, and cuts it; C libraries cut at once. Reads are not seen otherwise, so that nothing was read shows only in what the thread
/// did meanwhile: nothing but what stands here. No other thread can have read it, for the number of the descriptor is known to this one alone; to tell
/// another and to wait for it takes a call that does not stand here.
/// </remarks>
internal sealed class FreshDescriptor(int descriptor, ByteString path)
{
    private const int Patience = 16;
    private const int MapDescriptor = 4;
    private static readonly FrozenSet<int> s_harmless = Numbers(
        "brk", "fadvise64", "flock", "fstat", "lseek", "madvise", "mprotect", "munmap", "rt_sigprocmask");

    private static readonly FrozenSet<int> s_cuts = Numbers("ftruncate");
    private static readonly FrozenSet<int> s_maps = Numbers("mmap");
    private static readonly FrozenSet<int> s_controls = Numbers("fcntl");
    private int _calls;

    public ByteString Path { get; } = path;

    /// <summary>Whether the call that begins cuts the file to nothing.</summary>
    /// <returns>null: whether the file is still unread is unknown from now on.</returns>
    public bool? IsCut(in ptrace_syscall_info info)
    {
        int number = (int)info.nr;
        if (info.arch != SyscallAbi.Native.Audit || ++_calls > Patience)
        {
            return null;
        }

        if (s_cuts.Contains(number))
        {
            return (int)info.args[0] == descriptor && info.args[1] == 0 ? true : null;
        }

        return s_harmless.Contains(number)
            || (s_maps.Contains(number) && (int)info.args[MapDescriptor] != descriptor)
            || (s_controls.Contains(number) && (int)info.args[1] is fcntl.F_GETFD or fcntl.F_SETFD or fcntl.F_GETFL or fcntl.F_SETLK or fcntl.F_SETLKW)
                ? false
                : null;
    }

    /// <summary>The numbers of calls on this machine.</summary>
    public static FrozenSet<int> Numbers(params string[] names) => SyscallTable.Rows
        .Where(row => names.Contains(row.Name))
        .Select(row => (int)(SyscallAbi.Native.Audit == seccomp.AUDIT_ARCH_AARCH64 ? row.Arm64 : row.X64))
        .Where(number => number >= 0)
        .ToFrozenSet();
}

using System.Collections.Frozen;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls;

namespace Fptrace.Tracing.Tracees;

/// <summary>A file that a thread has just opened for reading and writing, and has not read yet.</summary>
/// <remarks>
/// If the thread truncates the file unread, its old content is no input. C libraries truncate in the open itself; .NET
/// opens the file, locks it, and truncates it then. Reads are not trapped. So the thread's next calls all stop, until
/// it truncates the file, or makes a call that is not listed here. No other thread can have read the file before: to
/// tell it the number of the descriptor takes a call that is not listed.
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

    /// <summary>Whether the call that begins truncates the file to nothing.</summary>
    /// <returns>Null: from now on nobody knows whether the file is still unread.</returns>
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

    /// <summary>The numbers of these calls on this machine.</summary>
    public static FrozenSet<int> Numbers(params string[] names) => SyscallTable.Rows
        .Where(row => names.Contains(row.Name))
        .Select(row => (int)(SyscallAbi.Native.Audit == seccomp.AUDIT_ARCH_AARCH64 ? row.Arm64 : row.X64))
        .Where(number => number >= 0)
        .ToFrozenSet();
}

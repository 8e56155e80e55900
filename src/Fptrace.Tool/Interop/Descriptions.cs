using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>kcmp(2): whether two descriptors are the same open file description, or two threads have the same descriptors.</summary>
internal static class Descriptions
{
    private static readonly nint SYS_kcmp = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 312 : 272;

    /// <returns>null when the kernel has no kcmp or denies it.</returns>
    public static bool? Same(int pid, int fd, int ourFd)
    {
        nint order = libc.syscall(SYS_kcmp, Environment.ProcessId, pid, libc.KCMP_FILE, ourFd, fd);
        return order < 0 ? null : order == 0;
    }

    /// <summary>Whether two threads have one descriptor table (CLONE_FILES); assumed where the kernel does not tell.</summary>
    public static bool ShareTable(int tid, int other) => libc.syscall(SYS_kcmp, tid, other, libc.KCMP_FILES, 0, 0) is 0 or -1;
}

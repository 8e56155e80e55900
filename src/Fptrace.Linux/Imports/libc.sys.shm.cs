using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>sys/shm.h.</summary>
internal static partial class libc
{
    public const int IPC_RMID = 0;
    public const int IPC_SET = 1;
    public const int IPC_STAT = 2;

    [LibraryImport("libc")]
    public static partial int shmget(int key, nint size, int flags);

    [LibraryImport("libc")]
    public static partial nint shmat(int id, nint address, int flags);

    [LibraryImport("libc")]
    public static partial int shmctl(int id, int command, nint buffer);
}

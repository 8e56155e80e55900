using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>wait4(2) on every child, tracee and thread.</summary>
internal static unsafe class Children
{
    private static readonly nint SYS_tgkill = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 234 : 131;

    /// <summary>Blocks for the next change of any child.</summary>
    /// <returns>The thread that changed; 0 when no child is left.</returns>
    public static int Wait(out WaitStatus status, out rusage usage)
    {
        while (true)
        {
            int value = 0;
            rusage used = default;
            int pid = libc.wait4(-1, &value, libc.__WALL, &used);
            if (pid < 0 && Marshal.GetLastSystemError() == errno.EINTR)
            {
                continue;
            }

            status = new WaitStatus(value);
            usage = used;
            return Math.Max(pid, 0);
        }
    }

    /// <summary>Whether a thread that was not waited for yet belongs to this process.</summary>
    /// <remarks>Signal 0 asks and sends nothing. /proc/PID/task/TID says the same for a hundred times the price.</remarks>
    public static bool IsThreadOf(int pid, int tid) =>
        libc.syscall(SYS_tgkill, pid, tid, 0, 0, 0) == 0 || Marshal.GetLastSystemError() == errno.EPERM;

    public static bool Kill(int pid, int number) => libc.kill(pid, number) == 0;
}

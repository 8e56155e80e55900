using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>wait4(2) on every child, tracee and thread.</summary>
internal static unsafe class Children
{
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

    public static bool Kill(int pid, int number) => libc.kill(pid, number) == 0;
}

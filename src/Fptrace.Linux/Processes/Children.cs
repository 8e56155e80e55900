using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using static Fptrace.Linux.Headers.asm;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Processes;

/// <summary>wait4(2) on every child, tracee and thread; signals to them.</summary>
internal static unsafe class Children
{
    private const int P_PID = 1;
    private const int WSTOPPED = 2;
    private const int WEXITED = 4;
    private const int WNOWAIT = 0x1000000;

    /// <summary>The next change of any child, also a stop of one that is not traced.</summary>
    /// <param name="status">What changed.</param>
    /// <param name="usage">What a child that ended has used.</param>
    /// <param name="mode">Whether to wait for it.</param>
    /// <param name="interrupted">Called whenever a signal interrupts the wait.</param>
    /// <returns>The thread that changed; 0 when there is none now; −1 when no child is left, or when a sandbox denies
    /// to wait.</returns>
    public static int Wait(out WaitStatus status, out rusage usage, WaitMode mode, Action? interrupted = null) =>
        Wait(-1, out status, out usage, mode, libc.WUNTRACED, interrupted);

    /// <summary>The next change of one process: its end, or a stop if it is traced.</summary>
    public static int Wait(int which, out WaitStatus status, out rusage usage, WaitMode mode) =>
        Wait(which, out status, out usage, mode, options: 0, interrupted: null);

    private static int Wait(
        int which, out WaitStatus status, out rusage usage, WaitMode mode, int options, Action? interrupted)
    {
        options |= libc.__WALL | (mode == WaitMode.Block ? 0 : libc.WNOHANG);
        while (true)
        {
            int value = 0;
            rusage used = default;
            int pid = libc.wait4(which, &value, options, &used);
            status = new WaitStatus(value);
            usage = used;
            if (pid >= 0)
            {
                return pid;
            }

            if (Marshal.GetLastSystemError() != errno.EINTR)
            {
                return -1;
            }

            interrupted?.Invoke();
        }
    }

    /// <summary>Whether the next <see cref="Wait(out WaitStatus, out rusage, WaitMode, Action?)"/> may tell of this
    /// thread; it stays to be told.</summary>
    public static bool HasNews(int tid)
    {
        // siginfo_t begins with si_signo, which stays 0 when there is none.
        int* info = stackalloc int[32];
        new Span<int>(info, 32).Clear();
        return libc.syscall(SYS_waitid, P_PID, tid, (nint)info,
            WSTOPPED | WEXITED | libc.WNOHANG | WNOWAIT | libc.__WALL, 0) == 0 && info[0] != 0;
    }

    /// <summary>Whether a thread that was not waited for yet belongs to this process.</summary>
    /// <remarks>Signal 0 asks and sends nothing. /proc/PID/task/TID says the same for a hundred times the
    /// price.</remarks>
    public static bool IsThreadOf(int pid, int tid) =>
        SignalThread(pid, tid, 0)
        || (Marshal.GetLastSystemError() != errno.ESRCH && ProcessStatus.Of(tid).Tgid == pid);

    public static bool SignalThread(int pid, int tid, int number) =>
        libc.syscall(SYS_tgkill, pid, tid, number, 0, 0) == 0;

    public static bool Kill(int pid, int number) => LibC.kill(pid, number) == 0;

    /// <summary>Signals a process if it is still the one that <paramref name="isStill"/> knows: its number may be
    /// another's by now.</summary>
    public static bool Kill(int pid, int number, Func<bool> isStill)
    {
        using ProcessHandle? handle = ProcessHandle.Open(pid);
        return handle is null

            // Before Linux 5.3, or denied.
            ? Marshal.GetLastSystemError() != errno.ESRCH && isStill() && Kill(pid, number)
            : isStill() && handle.Signal(number);
    }
}

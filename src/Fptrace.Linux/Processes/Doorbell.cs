using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Processes;

/// <summary>Wakes the thread that waits for children, by a signal that interrupts its wait4(2).</summary>
/// <remarks>
/// The signal has no other effect. Its handler is getpid of the C library, because managed code cannot run in a signal
/// handler. Programs rarely use SIGURG, and it is ignored by default (signal(7)).
/// </remarks>
internal static unsafe class Doorbell
{
    private static readonly Lazy<bool> Installed = new(() =>
    {
        libc.signal(signal.SIGURG, LinkedCode.Getpid());
        return LibC.siginterrupt(signal.SIGURG, 1) == 0;
    });

    private static int s_thread;

    /// <summary>Makes the calling thread the one to wake.</summary>
    public static void Attach()
    {
        ulong bit = 1UL << (signal.SIGURG - 1);
        libc.syscall(SYS_rt_sigprocmask, signal.SIG_UNBLOCK, (nint)(&bit), 0, sizeof(ulong), 0);
        Volatile.Write(ref s_thread, (int)libc.syscall(SYS_gettid, 0, 0, 0, 0, 0));
    }

    /// <summary>Interrupts the wait if it has begun. A caller who is not served must ring again.</summary>
    public static void Ring()
    {
        if (Installed.Value && Volatile.Read(ref s_thread) is > 0 and int thread)
        {
            Children.SignalThread(Environment.ProcessId, thread, signal.SIGURG);
        }
    }
}

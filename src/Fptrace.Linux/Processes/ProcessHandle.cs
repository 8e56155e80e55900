using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Imports;

namespace Fptrace.Linux.Processes;

/// <summary>
/// A process that may be nobody's child here (pidfd_open(2), Linux 5.3). Its number is not taken meanwhile.
/// </summary>
internal sealed unsafe class ProcessHandle : IDisposable
{
    private readonly int _descriptor;

    private ProcessHandle(int descriptor) => _descriptor = descriptor;

    /// <summary>Whether it has ended; it may not have been waited for.</summary>
    public bool HasEnded => Await([this], 0);

    /// <returns>null when there is none, or when the kernel or a sandbox denies it; errno tells.</returns>
    public static ProcessHandle? Open(int pid)
    {
        int descriptor = (int)libc.syscall(libc.SYS_pidfd_open, pid, 0, 0, 0, 0);
        return descriptor < 0 ? null : new ProcessHandle(descriptor);
    }

    /// <summary>Waits until one of them ends, a signal comes, or the time is over.</summary>
    /// <returns>Whether one has ended.</returns>
    public static bool Await(ReadOnlySpan<ProcessHandle> processes, int milliseconds)
    {
        Span<Tmds.Linux.pollfd> waited = new Tmds.Linux.pollfd[processes.Length];
        for (int i = 0; i < waited.Length; i++)
        {
            waited[i] = new() { fd = processes[i]._descriptor, events = Tmds.Linux.LibC.POLLIN };
        }

        fixed (Tmds.Linux.pollfd* p = waited)
        {
            return libc.poll((nint)p, (nuint)waited.Length, milliseconds) > 0;
        }
    }

    /// <returns>false when it has ended, or when this user may not signal it.</returns>
    public bool Signal(int number) =>
        libc.syscall(libc.SYS_pidfd_send_signal, _descriptor, number, 0, 0, 0) == 0;

    public void Dispose() => Files.Close(_descriptor);
}

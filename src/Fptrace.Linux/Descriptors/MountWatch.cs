using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Tmds.Linux;

namespace Fptrace.Linux.Descriptors;

/// <summary>
/// This process's table of mounts, and whether it has changed since, which the kernel tells (proc_pid_mounts(5)).
/// </summary>
/// <remarks>A start reads the table once, for whoever asks first.</remarks>
internal sealed unsafe class MountWatch
{
    private readonly int _descriptor;

    private MountWatch(int descriptor, byte[] table) => (_descriptor, Table) = (descriptor, table);

    /// <summary>null when the table cannot be read.</summary>
    public static MountWatch? Own { get; } = Begin();

    /// <summary>The table as it was at the first look.</summary>
    public byte[] Table { get; }

    /// <summary>Whether it has changed since, or since the last change that was told.</summary>
    public bool HasChanged => Wait(0);

    /// <returns>false when there can be no more waiting.</returns>
    public bool WaitForChange() => Wait(-1);

    private static MountWatch? Begin()
    {
        int descriptor = FilesAt.Open(fcntl.AT_FDCWD, "/proc/self/mountinfo\0"u8, 0);
        if (descriptor < 0)
        {
            return null;
        }

        if (Files.ReadToEnd(descriptor) is { } table)
        {
            return new MountWatch(descriptor, table);
        }

        Files.Close(descriptor);
        return null;
    }

    private bool Wait(int milliseconds)
    {
        pollfd wanted = new() { fd = _descriptor, events = LibC.POLLPRI };
        int result;
        do
        {
            result = libc.poll((nint)(&wanted), 1, milliseconds);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == errno.EINTR);
        return result > 0 && (wanted.revents & LibC.POLLPRI) != 0;
    }
}

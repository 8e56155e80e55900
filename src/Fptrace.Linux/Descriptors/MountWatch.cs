using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Tmds.Linux;

namespace Fptrace.Linux.Descriptors;

/// <summary>
/// Waits for changes of this process's table of mounts, which the kernel tells of (proc_pid_mounts(5)).
/// </summary>
internal sealed unsafe class MountWatch
{
    private readonly int _table;

    private MountWatch(int table) => _table = table;

    /// <summary>What changes from now on ends a wait; null when the table cannot be opened.</summary>
    public static MountWatch? Begin()
    {
        int table = FilesAt.Open(fcntl.AT_FDCWD, "/proc/self/mountinfo\0"u8, 0);
        return table < 0 ? null : new MountWatch(table);
    }

    /// <returns>false when there can be no more waiting.</returns>
    public bool Wait()
    {
        pollfd wanted = new() { fd = _table, events = LibC.POLLPRI };
        int result;
        do
        {
            result = LibC.poll(&wanted, 1, -1);
        }
        while (result < 0 && LibC.errno == errno.EINTR);
        return result > 0 && (wanted.revents & LibC.POLLPRI) != 0;
    }
}

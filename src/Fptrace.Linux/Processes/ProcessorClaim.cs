using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Processes;

/// <summary>Claims a processor, so that at most one tracer pins its tracees to it.</summary>
/// <remarks>
/// Two commands that are pinned to one processor would share it while others are idle, since the scheduler cannot move
/// them. The claim is a lock (flock(2)) on the directory of the processor in /sys. It ends with this process at the
/// latest.
/// </remarks>
internal sealed class ProcessorClaim : IDisposable
{
    private int _directory;

    private ProcessorClaim(int directory) => _directory = directory;

    /// <summary>Claims a processor; null when another tracer has it, or the lock is not possible.</summary>
    /// <param name="processor">The number of the processor.</param>
    public static ProcessorClaim? TryTake(int processor)
    {
        int directory = Files.Open(fcntl.AT_FDCWD,
            Encoding.ASCII.GetBytes($"/sys/devices/system/cpu/cpu{processor}\0"), 0);
        if (directory < 0)
        {
            return null;
        }

        if (FilesAt.TryLock(directory, LockKind.Exclusive) == 0)
        {
            return new ProcessorClaim(directory);
        }

        Files.Close(directory);
        return null;
    }

    public void Dispose()
    {
        Files.Close(_directory);
        _directory = -1;
    }
}

using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Processes;

/// <summary>A processor to which one tracer at most pins its tracees: a lock on its directory in /sys, which ends with
/// the tool at the latest.</summary>
/// <remarks>Any other thread the scheduler can move away; two commands that are pinned to one processor would share it
/// whatever else is idle.</remarks>
internal sealed class ProcessorClaim : IDisposable
{
    private int _directory;

    private ProcessorClaim(int directory) => _directory = directory;

    /// <summary>Null when another tracer has it, or nobody can tell.</summary>
    /// <param name="processor">Its number.</param>
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

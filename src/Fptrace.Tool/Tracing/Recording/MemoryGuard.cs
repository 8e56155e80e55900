using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Recording;

/// <summary>Tells when so much is recorded that the memory of this process, or of its container, may not suffice for
/// more.</summary>
/// <remarks>
/// A collector that is denied memory ends the process, and the command with it; before that it collects without end.
/// Guarded by the recorder's lock.
/// </remarks>
internal sealed class MemoryGuard
{
    // Between two looks, which take a microsecond.
    private const int Look = 1024;

    // What is recorded is in pieces, but the largest of them is copied when it grows; and outputs want some in the end.
    private const int Share = 2;

    private int _recorded;
    private long _most;

    /// <summary>Counts an access.</summary>
    /// <returns>Whether it is to be the last.</returns>
    public bool IsFull()
    {
        if (++_recorded % Look != 0)
        {
            return false;
        }

        _most = _most == 0 ? OwnProcess.AvailableMemory() / Share : _most;
        return GC.GetTotalMemory(forceFullCollection: false) > _most;
    }
}

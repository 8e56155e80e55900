using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Recording;

/// <summary>Tells when the memory of this process, or of its container, may not suffice for more accesses.</summary>
/// <remarks>
/// A garbage collector that is denied memory collects without end, and finally ends the process, and the command with
/// it. Guarded by the recorder's lock.
/// </remarks>
internal sealed class MemoryGuard
{
    // Accesses between two looks. A look takes a microsecond.
    private const int Look = 1024;

    // Accesses may take one part in two of the memory. The largest piece is copied when it grows, and the outputs need
    // memory in the end.
    private const int Share = 2;

    private int _recorded;
    private long _most;

    /// <summary>Counts an access.</summary>
    /// <returns>Whether it must be the last one.</returns>
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

using System.Collections;
using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>Numbers of processes, a bit each: a long trace has had most numbers that there are.</summary>
/// <param name="lists">Whether executions list their processes, too.</param>
internal sealed class ProcessSet(bool lists)
{
    // PID_MAX_LIMIT is 2^22, so the set takes at most 512 KB. Most machines begin anew at 32768.
    private const int Step = 1 << 15;

    private readonly BitArray _bits = new(Step);

    public void Add(Execution execution, int pid)
    {
        if (lists)
        {
            execution.Processes.Add(pid);
        }

        if (pid >= _bits.Length)
        {
            _bits.Length = (pid | (Step - 1)) + 1;
        }

        _bits[pid] = true;
    }

    public bool Contains(int pid) => pid < _bits.Length && _bits[pid];
}

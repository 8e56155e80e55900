using System.Numerics;
using Tmds.Linux;

namespace Fptrace.Linux.Processes;

/// <summary>A set of processors on which a thread may run (sched_setaffinity(2)).</summary>
internal sealed unsafe class ProcessorMask
{
    // Enough for 8,192 processors, the most that Linux is built for.
    private const int Bytes = 1024;

    private readonly byte[] _bits = new byte[Bytes];

    private ProcessorMask()
    {
    }

    /// <summary>The number of processors in the set.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (byte bits in _bits)
            {
                count += byte.PopCount(bits);
            }

            return count;
        }
    }

    /// <summary>The first processor in the set; −1 if it is empty.</summary>
    public int First
    {
        get
        {
            int at = _bits.AsSpan().IndexOfAnyExcept((byte)0);
            return at < 0 ? at : (at * 8) + BitOperations.TrailingZeroCount(_bits[at]);
        }
    }

    /// <summary>The processors of a thread, 0 for the calling one; null when the thread is gone.</summary>
    public static ProcessorMask? Of(int tid)
    {
        var mask = new ProcessorMask();
        fixed (byte* bits = mask._bits)
        {
            return LibC.sched_getaffinity(tid, Bytes, (cpu_set_t*)bits) == 0 ? mask : null;
        }
    }

    /// <summary>The processor on which the calling thread runs; null when that is unknown.</summary>
    public static ProcessorMask? Current()
    {
        int processor = LibC.sched_getcpu();
        if (processor is < 0 or >= Bytes * 8)
        {
            return null;
        }

        var mask = new ProcessorMask();
        mask._bits[processor / 8] = (byte)(1 << (processor % 8));
        return mask;
    }

    /// <summary>Whether the set contains all of <paramref name="others"/>.</summary>
    public bool Contains(ProcessorMask others)
    {
        for (int i = 0; i < Bytes; i++)
        {
            if ((others._bits[i] & ~_bits[i]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Restricts a thread, 0 for the calling one, to these processors.</summary>
    /// <returns>False when the thread is gone, or we may not restrict it.</returns>
    public bool Confine(int tid)
    {
        fixed (byte* bits = _bits)
        {
            return LibC.sched_setaffinity(tid, Bytes, (cpu_set_t*)bits) == 0;
        }
    }
}

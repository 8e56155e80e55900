using System.Numerics;
using Tmds.Linux;

namespace Fptrace.Linux.Processes;

/// <summary>The processors that a thread may run on (sched_setaffinity(2)).</summary>
internal sealed unsafe class ProcessorMask
{
    // The kernel takes as many bytes as it has processors for, and is built for 8,192 at most.
    private const int Bytes = 1024;

    private readonly byte[] _bits = new byte[Bytes];

    private ProcessorMask()
    {
    }

    /// <summary>How many processors.</summary>
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

    /// <summary>The number of the first one.</summary>
    public int First
    {
        get
        {
            int at = _bits.AsSpan().IndexOfAnyExcept((byte)0);
            return at < 0 ? at : (at * 8) + BitOperations.TrailingZeroCount(_bits[at]);
        }
    }

    /// <summary>Those of a thread, 0 for the calling one; null when it is gone.</summary>
    public static ProcessorMask? Of(int tid)
    {
        var mask = new ProcessorMask();
        fixed (byte* bits = mask._bits)
        {
            return LibC.sched_getaffinity(tid, Bytes, (cpu_set_t*)bits) == 0 ? mask : null;
        }
    }

    /// <summary>The one that the calling thread runs on; null when that cannot be told.</summary>
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

    /// <summary>Whether all of <paramref name="others"/> are among these.</summary>
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

    /// <summary>Lets a thread, 0 for the calling one, run on these and no others.</summary>
    /// <returns>false when it is gone, or is not ours to confine.</returns>
    public bool Confine(int tid)
    {
        fixed (byte* bits = _bits)
        {
            return LibC.sched_setaffinity(tid, Bytes, (cpu_set_t*)bits) == 0;
        }
    }
}

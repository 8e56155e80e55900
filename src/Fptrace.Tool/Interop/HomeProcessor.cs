namespace Fptrace.Interop;

/// <summary>Keeps the calling thread on the processor where it is, and lets the scheduler choose again from time to time.</summary>
/// <remarks>
/// A thread that a stopping tracee wakes is put on an idle processor, and the tracee that it resumes on another idle one: left free,
/// the two change places at every stop, and each change is a wake-up from idle and a cold cache. A thread that stays leaves the tracees their processors.
/// </remarks>
internal sealed unsafe class HomeProcessor
{
    // sched_setaffinity(2): the kernel takes as many bytes as it has processors for, and is built for 8,192 at most.
    private const int MaskBytes = 1024;

    // Events for which it stays: its processor may have become the busiest one.
    private const int Stay = 256;

    private readonly byte[] _allowed = new byte[MaskBytes];
    private readonly byte[] _home = new byte[MaskBytes];
    private readonly bool _hasChoice;
    private int _events;
    private bool _isHome;

    public HomeProcessor()
    {
        fixed (byte* allowed = _allowed)
        {
            _hasChoice = libc.sched_getaffinity(0, MaskBytes, allowed) == 0 && Count(_allowed) > 1;
        }
    }

    /// <summary>The thread was woken for an event.</summary>
    public void Woken()
    {
        if (!_hasChoice)
        {
            return;
        }

        if (!_isHome)
        {
            int processor = libc.sched_getcpu();
            if (processor is >= 0 and < MaskBytes * 8)
            {
                Array.Clear(_home);
                _home[processor / 8] = (byte)(1 << (processor % 8));
                Set(_home);
                _isHome = true;
            }
        }
        else if (++_events % Stay == 0)
        {
            Leave();
        }
    }

    /// <summary>Any processor will do.</summary>
    public void Leave()
    {
        if (_isHome)
        {
            Set(_allowed);
            _isHome = false;
        }
    }

    private static void Set(byte[] mask)
    {
        fixed (byte* bytes = mask)
        {
            _ = libc.sched_setaffinity(0, MaskBytes, bytes);
        }
    }

    private static int Count(byte[] mask)
    {
        int count = 0;
        foreach (byte bits in mask)
        {
            count += int.PopCount(bits);
        }

        return count;
    }
}

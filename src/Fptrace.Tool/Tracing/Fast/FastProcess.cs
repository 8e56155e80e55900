namespace Fptrace.Tracing.Fast;

/// <summary>How far a process is with the fast path, from one execve to the next. Its threads share it.</summary>
internal sealed class FastProcess
{
    private int _known;
    private volatile ArmedMemory? _memory;
    private volatile bool _isForbidden;
    private int _isStranger;

    /// <summary>That of the process that made it, until its own first stop.</summary>
    public FastProcess? Maker { get; set; }

    /// <summary>The thread that made it.</summary>
    public int MadeBy { get; private init; }

    /// <summary>Its address space; null while it is not armed.</summary>
    public ArmedMemory? Memory => _memory;

    /// <summary>Whether nothing is noted for it any more, and it is not armed: it shares its memory with another
    /// process, or arming has failed.</summary>
    public bool IsForbidden => _isForbidden;

    /// <summary>Whether its next stop without a signal is for arming it. The ptrace thread clears it.</summary>
    public bool IsToBeArmed { get; set; }

    /// <summary>How far its thread is with being armed; null before and after. The ptrace thread's alone.</summary>
    public Arming? Arming { get; set; }

    /// <summary>The address behind the instruction of the call because of which it is to be armed.</summary>
    public ulong ArmedAt { get; set; }

    /// <summary>Counts the questions whose answer was known before.</summary>
    /// <returns>What all of them weigh.</returns>
    public int CountKnown(int weight) => Interlocked.Add(ref _known, weight);

    /// <summary>The code in its memory, if it was made by an armed process and knows nothing yet.</summary>
    public ArmedCode? Inherited { get; set; }

    /// <summary>Whether it may share its memory with processes that are not armed.</summary>
    public bool MayShare { get; set; }

    /// <summary>A process that one of its threads makes. Until its first stop it counts as one that shares its
    /// memory.</summary>
    public FastProcess Make(int thread)
    {
        ArmedMemory? memory = _memory;
        memory?.Join();
        return new FastProcess { Maker = this, MadeBy = thread, _memory = memory };
    }

    public void Arm(ArmedMemory memory) => _memory = memory;

    /// <summary>Called at its end, of which may be told twice.</summary>
    /// <returns>Its address space; null if it was not armed, or has ended already.</returns>
    public ArmedMemory? End() => Interlocked.Exchange(ref _memory, null);

    public void Forbid() => _isForbidden = true;

    /// <summary>Whether its address space was given up for it.</summary>
    public bool IsStranger => Volatile.Read(ref _isStranger) != 0;

    /// <summary>From now on it asks about each call.</summary>
    public void GiveUp()
    {
        Forbid();
        if (_memory is { } memory && Interlocked.Exchange(ref _isStranger, 1) == 0)
        {
            memory.GiveUp();
        }
    }
}

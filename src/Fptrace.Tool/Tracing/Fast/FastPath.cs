using Fptrace.Model;

namespace Fptrace.Tracing.Fast;

/// <summary>Calls of a program that the tracer need not see: their answer is known already. One for a run.</summary>
/// <remarks>
/// An armed process finds out by itself that a call is known (<see cref="FastCode"/>) and makes it with a number that
/// the filter lets pass. Known is what the tracer has noted in the memory of the process, or in everybody's, after it
/// saw the same call, under the present generation. Each change that may give a name another meaning begins a new one.
/// Thread-safe.
/// </remarks>
internal sealed class FastPath
{
    /// <summary>Libraries are above this address, and there is room below them for what a jump must reach.</summary>
    public const ulong FirstLibrary = 0x7000_0000_0000;

    public const ulong PageSize = 4096;

    // Sixteen known probes cost as much as arming a process, and few processes stop there. A shell prints a lot, and
    // makes children that cost more when they are armed, too.
    private const int MostAsked = 16;
    private const int WeightOfProbe = 64;

    // Each costs a descriptor, and a write whenever a name changes.
    private const int MostArmed = 200;

    private readonly Lock _lock = new();
    private readonly List<ArmedMemory> _armed = [];

    private readonly ProgramHistory _history = new();
    private readonly int _threshold = WeightOfProbe * ProbesUntilArmed();

    private ulong _generation;
    private int? _renames;

    private FastPath(FastSegment segment, bool knowsPaths)
    {
        Segment = segment;
        KnowsPaths = knowsPaths;
        Changed();
    }

    /// <param name="knowsPaths">Whether paths can be known, and not standard streams alone.</param>
    /// <param name="isKnownToAll">Whether nobody asks which execution made an access.</param>
    /// <returns>null where processes cannot attach memory of ours, as in a kernel without System V IPC.</returns>
    public static FastPath? TryMake(bool knowsPaths, bool isKnownToAll) =>
        FastSegment.TryMake(isKnownToAll) is { } segment ? new FastPath(segment, knowsPaths) : null;

    /// <summary>Called for each question of a process whose answer was known.</summary>
    /// <returns>Whether it is to be armed. Says so once.</returns>
    public bool AsksEnough(FastProcess process, SiteKind kind, ByteString program)
    {
        int weight = kind == SiteKind.Stream ? 1 : WeightOfProbe;
        int now = process.CountKnown(weight);
        if (now == weight && _history.Asks(program))
        {
            process.CountKnown(_threshold);
            return true;
        }

        if (now < _threshold || now - weight >= _threshold)
        {
            return false;
        }

        _history.AskedALot(program);
        return true;
    }

    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _armed.Count < MostArmed;
            }
        }
    }

    /// <summary>What armed processes attach.</summary>
    public FastSegment Segment { get; }

    public NearbySites Nearby { get; } = new();

    /// <summary>To be read before a call is looked at, and to be noted with what is known after that.</summary>
    public ulong Generation => Volatile.Read(ref _generation);

    /// <summary>Something may have changed what names mean. Nothing is known any more.</summary>
    public void Changed()
    {
        lock (_lock)
        {
            Volatile.Write(ref _generation, NewGeneration());
            Everybodys?.Begin(_generation);
            for (int i = _armed.Count - 1; i >= 0; i--)
            {
                if (!_armed[i].SetGeneration(_generation))
                {
                    _armed[i].Dispose();
                    _armed.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Whether paths can be known, and not standard streams alone.</summary>
    public bool KnowsPaths { get; }

    /// <inheritdoc cref="FastSegment.Known"/>
    public KnownPaths? Everybodys => Segment.Known;

    /// <summary>Whether a call of this kind can be known.</summary>
    public bool Takes(SiteKind kind) => kind != SiteKind.SecondPathOpened || Everybodys is not null;

    /// <summary>A call may have changed what names mean. For standard streams only renames count.</summary>
    /// <param name="renames">The present version of the names that renames change; null while a rename is under
    /// way.</param>
    public void NamesChanged(int? renames)
    {
        lock (_lock)
        {
            if (KnowsPaths || renames is null || renames != _renames)
            {
                _renames = renames;
                Changed();
            }
        }
    }

    public void Add(ArmedMemory memory)
    {
        if (Everybodys is not null)
        {
            return;
        }

        lock (_lock)
        {
            memory.SetGeneration(_generation);
            _armed.Add(memory);
        }
    }

    /// <summary>Called when the process is gone, or has another program.</summary>
    public void Remove(ArmedMemory memory, bool isStranger)
    {
        lock (_lock)
        {
            if (memory.Leave(isStranger))
            {
                _armed.Remove(memory);
                memory.Dispose();
            }
        }
    }

    // Tests let it be fewer.
    private static int ProbesUntilArmed() =>
        int.TryParse(Environment.GetEnvironmentVariable("FPTRACE_ARM_AFTER"), out int probes)
            ? Math.Clamp(probes, 1, MostAsked)
            : MostAsked;

    // A process may read it while the tracer writes it, byte by byte: the mixture must be none that ever was. Zeros,
    // which is what unwritten memory holds, are none, and neither is a negative number.
    private static ulong NewGeneration() => (ulong)Random.Shared.NextInt64(1L << 32, long.MaxValue);
}

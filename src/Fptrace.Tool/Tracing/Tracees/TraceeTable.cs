namespace Fptrace.Tracing.Tracees;

/// <summary>All traced threads by their id. One thread writes, any thread may read without a lock.</summary>
internal sealed class TraceeTable
{
    // The kernel's largest PID_MAX_LIMIT is 2^22.
    private const int PageBits = 10;
    private readonly Tracee?[]?[] _pages = new Tracee?[]?[1 << (22 - PageBits)];

    // How many tracees a page has. Ids go up, so most pages are empty soon and need no walk.
    private readonly int[] _live = new int[1 << (22 - PageBits)];

    private readonly ulong[]?[] _known = new ulong[]?[1 << (22 - PageBits)];

    public NameChanges NameChanges { get; } = new();

    public int Count { get; private set; }

    /// <summary>How many of them are not the first thread of their process.</summary>
    public int Threads { get; private set; }

    /// <summary>Whether a tracee has or had this id.</summary>
    public bool HasKnown(int tid) =>
        (uint)(tid >> PageBits) < (uint)_known.Length
        && _known[tid >> PageBits] is { } page
        && (page[(tid & ((1 << PageBits) - 1)) >> 6] >> (tid & 63) & 1) != 0;

    public Tracee? Find(int tid)
    {
        int page = tid >> PageBits;
        return (uint)page < (uint)_pages.Length ? Volatile.Read(ref _pages[page])?[tid & ((1 << PageBits) - 1)] : null;
    }

    public void Add(Tracee tracee)
    {
        ref Tracee?[]? page = ref _pages[tracee.Tid >> PageBits];
        if (page is null)
        {
            Volatile.Write(ref page, new Tracee?[1 << PageBits]);
        }

        ref Tracee? place = ref page![tracee.Tid & ((1 << PageBits) - 1)];
        Count += place is null ? 1 : 0;
        _live[tracee.Tid >> PageBits] += place is null ? 1 : 0;
        if (place is not null)
        {
            place.Group.Count--;
            Threads -= place.IsThread ? 1 : 0;
        }

        tracee.Group.Count++;
        Threads += tracee.IsThread ? 1 : 0;
        Volatile.Write(ref place, tracee);
        ulong[] known = _known[tracee.Tid >> PageBits] ??= new ulong[1 << (PageBits - 6)];
        known[(tracee.Tid & ((1 << PageBits) - 1)) >> 6] |= 1UL << (tracee.Tid & 63);
    }

    /// <summary>Removes a tracee, unless it is not there, or its id is another one's by now.</summary>
    public void Remove(Tracee tracee)
    {
        int tid = tracee.Tid;
        if (Find(tid) == tracee)
        {
            tracee.Group.Count--;
            _pages[tid >> PageBits]![tid & ((1 << PageBits) - 1)] = null;
            Count--;
            _live[tid >> PageBits]--;
            Threads -= tracee.IsThread ? 1 : 0;
        }
    }

    /// <summary>The threads of one process.</summary>
    public IEnumerable<Tracee> OfProcess(int tgid) => All().Where(tracee => tracee.Tgid == tgid);

    public IEnumerable<Tracee> All()
    {
        for (int page = 0; page < _pages.Length; page++)
        {
            if (_live[page] == 0)
            {
                continue;
            }

            foreach (Tracee? tracee in _pages[page]!)
            {
                if (tracee is not null)
                {
                    yield return tracee;
                }
            }
        }
    }
}

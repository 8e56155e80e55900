namespace Fptrace.Tracing;

/// <summary>Every traced thread by its id. One thread writes, all may read without a lock.</summary>
internal sealed class TraceeTable
{
    // The kernel's largest PID_MAX_LIMIT is 2^22.
    private const int PageBits = 10;
    private readonly Tracee?[]?[] _pages = new Tracee?[]?[1 << (22 - PageBits)];

    public int Count { get; private set; }

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
        Volatile.Write(ref place, tracee);
    }

    public void Remove(int tid)
    {
        if (Find(tid) is not null)
        {
            _pages[tid >> PageBits]![tid & ((1 << PageBits) - 1)] = null;
            Count--;
        }
    }

    /// <summary>The threads of one process.</summary>
    public IEnumerable<Tracee> OfProcess(int tgid) => All().Where(tracee => tracee.Tgid == tgid);

    public IEnumerable<Tracee> All() =>
        from page in _pages
        where page is not null
        from tracee in page
        where tracee is not null
        select tracee;
}

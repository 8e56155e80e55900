namespace Fptrace.Tracing.Fast;

/// <summary>The page of system call instructions from which the filter lets known calls pass.</summary>
/// <remarks>
/// It has the same address in every armed process of a run, because a filter can only compare. The address is drawn
/// for each run from where neither the kernel nor an allocator maps by itself.
/// </remarks>
internal sealed class FastGate
{
    public const int Size = 4096;

    /// <summary>How many calls of the program's code can lead there.</summary>
    public const int Slots = 16;

    /// <summary>Bytes from one call to the next.</summary>
    public const int SlotSize = 16;

    /// <summary>From the page to the addresses at which the program goes on.</summary>
    public const int Returns = 0x800;

    /// <summary>From the page to the address of <see cref="FastCode"/> in this process.</summary>
    public const int CodeAddress = Size - sizeof(ulong);

    // 65 to 78 TiB. The kernel maps programs from 85 TiB on and libraries from 127 TiB on.
    private const int FirstHigh = 0x4100;
    private const int AfterHigh = 0x4f00;

    // The middle of a window of 4 GiB: a range of less than that touches the page only if it begins in this window, or
    // in the one before.
    private const int FirstPage = 0x40000;
    private const int AfterPage = 0xc0000;

    public FastGate(ulong address, uint pass)
    {
        Address = address;
        Pass = pass;
    }

    public ulong Address { get; }

    /// <summary>The upper half of the file offset of our own mappings, by which the filter knows them. The kernel
    /// ignores it, because they map no file.</summary>
    public uint Pass { get; }

    public static FastGate Draw() => new(
        ((ulong)Random.Shared.Next(FirstHigh, AfterHigh) << 32)
            | ((ulong)Random.Shared.Next(FirstPage, AfterPage) << 12),
        (uint)Random.Shared.Next(1, int.MaxValue));

    public ulong CallOf(int slot) => Address + (ulong)(slot * SlotSize);

    /// <summary>How many calls of the program's code lead to a page.</summary>
    public static int UsedSlots(ReadOnlySpan<byte> page)
    {
        int used = 0;
        while (used < Slots && page.Slice(Returns + (used * sizeof(ulong)), sizeof(ulong)).ContainsAnyExcept((byte)0))
        {
            used++;
        }

        return used;
    }

    /// <summary>Whether a range of addresses has a byte of the page.</summary>
    public bool IsTouchedBy(ulong start, ulong length) =>
        start < Address + Size && (length > ulong.MaxValue - start || start + length > Address);

    /// <summary>The page, in a process whose other code begins at an address.</summary>
    public byte[] Bytes(ulong code)
    {
        byte[] page = new byte[Size];
        for (int i = 0; i < Slots; i++)
        {
            var writer = new CodeWriter(page.AsSpan(i * SlotSize, SlotSize), CallOf(i));
            writer.Add(0x0f, 0x05);                                          // syscall
            writer.Add(0xff, 0x25);                                          // jmp [where this call goes on]
            writer.AddRelative(Address + Returns + (ulong)(i * sizeof(ulong)));
        }

        BitConverter.TryWriteBytes(page.AsSpan(CodeAddress), code);
        return page;
    }
}

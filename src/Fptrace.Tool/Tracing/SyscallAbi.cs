using System.Collections.Frozen;
using System.Runtime.InteropServices;
using static Fptrace.Interop.seccomp;

namespace Fptrace.Tracing;

/// <summary>One system call ABI of this machine: its audit number, its call numbers, its open flags.</summary>
/// <remarks>x86-64 has i386 beside it (<c>int 0x80</c>), with calls of other numbers and 32-bit arguments.</remarks>
internal sealed class SyscallAbi
{
    /// <summary>x32 calls have this bit in their number and are otherwise those of x86-64, but for a few from 512 on.</summary>
    public const int X32Bit = 0x40000000;

    /// <summary>The numbers that are x32's own.</summary>
    public const uint FirstOfX32 = 512;
    public const uint LastOfX32 = 547;

    /// <summary>Of i386, where a large file is refused to who does not ask for it.</summary>
    public const int O_LARGEFILE = 0x8000;

    // arch/x86/entry/syscalls/syscall_64.tbl: the calls of which x32 has its own form.
    private static readonly (short Number, string Name)[] X32Only =
    [
        (515, "readv"), (516, "writev"), (520, "execve"), (534, "preadv"), (535, "pwritev"), (545, "execveat"), (546, "preadv2"), (547, "pwritev2"),
    ];

    private static readonly FrozenDictionary<string, int> FormByName =
        SyscallForms.All.Select((form, index) => (form.Name, index)).ToFrozenDictionary(p => p.Name, p => p.index);

    private readonly short[] _formByNumber = new short[600];
    private readonly int _lastNumber;

    private SyscallAbi(uint audit, int pointerSize, Func<SyscallRow, short> number, IEnumerable<(short Number, string Name)> more, int directoryFlag, int noFollowFlag)
    {
        Audit = audit;
        PointerSize = pointerSize;
        O_DIRECTORY = directoryFlag;
        O_NOFOLLOW = noFollowFlag;
        Array.Fill(_formByNumber, (short)-1);
        foreach (SyscallRow row in SyscallTable.Rows)
        {
            Add(number(row), row.Name);
            _lastNumber = Math.Max(_lastNumber, number(row));
        }

        foreach ((short nr, string name) in more)
        {
            Add(nr, name);
        }
    }

    /// <summary>AUDIT_ARCH_ number.</summary>
    public uint Audit { get; }

    /// <summary>4 or 8.</summary>
    public int PointerSize { get; }

    /// <summary>Whether <see cref="X32Bit"/> may stand in its numbers.</summary>
    public bool HasX32 => Audit == AUDIT_ARCH_X86_64;

    public int O_DIRECTORY { get; }

    public int O_NOFOLLOW { get; }

    /// <summary>It and <see cref="O_DIRECTORY"/> have changed places on aarch64.</summary>
    public int O_DIRECT => O_DIRECTORY == 0x10000 ? 0x4000 : 0x10000;

    public int O_TMPFILE => 0x400000 | O_DIRECTORY;

    /// <summary>The ABIs of this machine, the native one first.</summary>
    public static SyscallAbi[] OfThisMachine { get; } = Make();

    public static SyscallAbi Native => OfThisMachine[0];

    private static SyscallAbi[] Make() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 =>
        [
            new(AUDIT_ARCH_X86_64, 8, r => r.X64, X32Only, 0x10000, 0x20000),
            new(AUDIT_ARCH_I386, 4, r => r.X86, [], 0x10000, 0x20000),
        ],
        Architecture.Arm64 => [new(AUDIT_ARCH_AARCH64, 8, r => r.Arm64, [], 0x4000, 0x8000)],
        Architecture other => throw new FptraceException(ExitCodes.TracingDenied, $"no system call table for {other}; fptrace runs on x86-64 and aarch64"),
    };

    /// <summary>From here on numbers are unknown to the table, but for those of x32.</summary>
    public uint FirstUnknown => (uint)_lastNumber + 1;

    /// <summary>Index into <see cref="SyscallForms.All"/>; −1 for a call that is ignored.</summary>
    public int FormOf(int number)
    {
        uint known = (uint)(number & ~X32Bit);
        return known < FirstUnknown || (HasX32 && known is >= FirstOfX32 and <= LastOfX32) ? _formByNumber[known] : SyscallForms.Unknown;
    }

    /// <summary>The handled numbers, ascending.</summary>
    public IEnumerable<int> Numbers() => Enumerable.Range(0, _formByNumber.Length).Where(n => _formByNumber[n] >= 0);

    private void Add(short number, string name)
    {
        if (number >= 0 && FormByName.TryGetValue(name, out int form))
        {
            _formByNumber[number] = (short)form;
        }
    }
}

using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.seccomp;

namespace Fptrace.Tracing.Calls;

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

    private readonly Call?[] _calls = new Call?[600];
    private readonly int _lastNumber;

    private SyscallAbi(uint audit, int pointerSize, Func<SyscallRow, short> number, IEnumerable<(short Number, string Name)> more, OpenFlags flags)
    {
        Audit = audit;
        PointerSize = pointerSize;
        OpenFlags = flags;
        foreach (SyscallRow row in SyscallTable.Rows)
        {
            Add(number(row), row.Call);
            _lastNumber = Math.Max(_lastNumber, number(row));
        }

        foreach ((short nr, string name) in more)
        {
            Add(nr, Array.Find(SyscallTable.Rows, row => row.Name == name).Call);
        }
    }

    /// <summary>AUDIT_ARCH_ number.</summary>
    public uint Audit { get; }

    /// <summary>4 or 8.</summary>
    public int PointerSize { get; }

    /// <summary>Whether <see cref="X32Bit"/> may stand in its numbers.</summary>
    public bool HasX32 => Audit == AUDIT_ARCH_X86_64;

    public OpenFlags OpenFlags { get; }

    /// <summary>The ABIs of this machine, the native one first.</summary>
    public static SyscallAbi[] OfThisMachine { get; } = Of(RuntimeInformation.ProcessArchitecture);

    public static SyscallAbi Native => OfThisMachine[0];

    /// <summary>The ABIs of a kind of machine, the native one first.</summary>
    internal static SyscallAbi[] Of(Architecture architecture) => architecture switch
    {
        Architecture.X64 =>
        [
            new(AUDIT_ARCH_X86_64, 8, r => r.X64, X32Only, OpenFlags.Of(architecture)),
            new(AUDIT_ARCH_I386, 4, r => r.X86, [], OpenFlags.Of(architecture)),
        ],
        Architecture.Arm64 => [new(AUDIT_ARCH_AARCH64, 8, r => r.Arm64, [], OpenFlags.Of(architecture))],
        _ => throw new FptraceException(ExitCodes.TracingDenied, $"no system call table for {architecture}; fptrace runs on x86-64 and aarch64"),
    };

    /// <summary>From here on numbers are unknown to the table, but for those of x32.</summary>
    public uint FirstUnknown => (uint)_lastNumber + 1;

    /// <summary>The calls by their index, which is their number without <see cref="X32Bit"/>; null where there is none, or one that is ignored.</summary>
    public ReadOnlySpan<Call?> Calls => _calls;

    /// <returns>−1 for a number that <see cref="SyscallTable"/> does not have.</returns>
    public int IndexOf(int number)
    {
        uint known = (uint)(HasX32 ? number & ~X32Bit : number);
        return known < FirstUnknown || (HasX32 && known is >= FirstOfX32 and <= LastOfX32) ? (int)known : -1;
    }

    /// <returns>Null for a call that is ignored.</returns>
    public Call? CallOf(int number) => IndexOf(number) is >= 0 and int index ? _calls[index] : UnknownCall.Instance;

    private void Add(short number, Call call)
    {
        if (number >= 0 && call is not IgnoredCall)
        {
            _calls[number] = call;
        }
    }
}

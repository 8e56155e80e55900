using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.seccomp;

namespace Fptrace.Tracing.Calls;

/// <summary>One system call ABI of this machine: its audit number, its call numbers, its open flags.</summary>
/// <remarks>x86-64 has i386 beside it (<c>int 0x80</c>), with calls of other numbers and 32-bit arguments.</remarks>
internal sealed class SyscallAbi
{
    /// <summary>Marks the call numbers of x32. Without it they are those of x86-64, except for 512 to 547.</summary>
    public const int X32Bit = 0x40000000;

    /// <summary>The first of the numbers that only x32 has.</summary>
    public const uint FirstOfX32 = 512;
    public const uint LastOfX32 = 547;

    // The calls for which x32 has a number of its own (arch/x86/entry/syscalls/syscall_64.tbl of the kernel).
    private static readonly (short Number, string Name)[] X32Only =
    [
        (515, "readv"), (516, "writev"), (520, "execve"), (534, "preadv"), (535, "pwritev"), (545, "execveat"),
        (546, "preadv2"), (547, "pwritev2"),
    ];

    private readonly Call?[] _calls = new Call?[600];
    private readonly Func<SyscallRow, short> _number;
    private readonly int _lastNumber;

    private SyscallAbi(uint audit, int pointerSize, Func<SyscallRow, short> number,
        IEnumerable<(short Number, string Name)> more, OpenFlags flags)
    {
        Audit = audit;
        PointerSize = pointerSize;
        OpenFlags = flags;
        _number = number;
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

    /// <summary>The AUDIT_ARCH_ number by which seccomp and ptrace name the ABI.</summary>
    public uint Audit { get; }

    /// <summary>Size of a pointer in bytes: 4 or 8.</summary>
    public int PointerSize { get; }

    /// <summary>Whether call numbers may contain <see cref="X32Bit"/>.</summary>
    public bool HasX32 => Audit == AUDIT_ARCH_X86_64;

    /// <summary>Whether the registers of a call that ends show all its arguments. On Arm its result overwrites the
    /// first.</summary>
    public bool KeepsArguments => Audit != AUDIT_ARCH_AARCH64;

    public OpenFlags OpenFlags { get; }

    /// <summary>The ABIs of this machine, the native one first.</summary>
    public static SyscallAbi[] OfThisMachine { get; } = Of(RuntimeInformation.ProcessArchitecture);

    public static SyscallAbi Native => OfThisMachine[0];

    /// <summary>The ABIs of a machine of this architecture, the native one first.</summary>
    internal static SyscallAbi[] Of(Architecture architecture) => architecture switch
    {
        Architecture.X64 =>
        [
            new(AUDIT_ARCH_X86_64, 8, r => r.X64, X32Only, OpenFlags.OfX86),
            new(AUDIT_ARCH_I386, 4, r => r.X86, [], OpenFlags.OfX86),
        ],
        Architecture.Arm64 => [new(AUDIT_ARCH_AARCH64, 8, r => r.Arm64, [], OpenFlags.OfArm)],
        _ =>
            throw new FptraceException(ExitCodes.TracingDenied,
                $"no system call table for {architecture}; fptrace runs on x86-64 and aarch64"),
    };

    /// <summary>The table knows no number from here on, except for those of x32.</summary>
    public uint FirstUnknown => (uint)_lastNumber + 1;

    /// <summary>
    /// The calls, indexed by their number without <see cref="X32Bit"/>. Null for no call and for an ignored one.
    /// </summary>
    public ReadOnlySpan<Call?> Calls => _calls;

    /// <returns>The ABI that a call names; null for one that this machine does not have.</returns>
    public static SyscallAbi? Find(uint audit) => Array.Find(OfThisMachine, abi => abi.Audit == audit);

    /// <returns>The number of a call; −1 where the ABI lacks it.</returns>
    public int NumberOf(in SyscallRow row) => _number(row);

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

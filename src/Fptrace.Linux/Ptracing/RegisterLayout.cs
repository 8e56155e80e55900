using static Fptrace.Linux.Headers.reg_X64;

namespace Fptrace.Linux.Ptracing;

/// <summary>Which word of the register set NT_PRSTATUS is which register. A tracee's set tells its layout by its
/// length.</summary>
/// <param name="Count">The number of words.</param>
/// <param name="WordSize">The size of a word, and of a pointer, in bytes.</param>
/// <param name="Result">What a call returns.</param>
/// <param name="Number">The number of the call.</param>
/// <param name="Stack">The stack pointer.</param>
/// <param name="Program">The address of the next instruction.</param>
/// <param name="Arguments">Those of a call.</param>
internal sealed record RegisterLayout(int Count, int WordSize, int Result, int Number, int Stack, int Program,
    int[] Arguments)
{
    /// <summary>The most bytes of any layout.</summary>
    public const int MostBytes = 34 * sizeof(ulong);

    private static readonly RegisterLayout s_x64 = new(27, 8, RAX, ORIG_RAX, RSP, RIP, [RDI, RSI, RDX, R10, R8, R9]);

    // ebx, ecx, edx, esi, edi and ebp come first.
    private static readonly RegisterLayout s_i386 = new(17, 4, 6, 11, 15, 12, [0, 1, 2, 3, 4, 5]);

    // x0 to x30, sp, pc, pstate. The call has its number in x8, which is not what the kernel goes by.
    private static readonly RegisterLayout s_arm64 = new(34, 8, 0, 8, 31, 32, [0, 1, 2, 3, 4, 5]) { State = 33 };

    // r0 to r12, sp, lr, pc, cpsr, and r0 as it was at the entry of the call.
    private static readonly RegisterLayout s_arm = new(18, 4, 0, 7, 13, 15, [0, 1, 2, 3, 4, 5]) { State = 16 };

    private static readonly RegisterLayout[] s_all = [s_x64, s_i386, s_arm64, s_arm];

    /// <summary>The processor's state; −1 where nobody asks for it.</summary>
    public int State { get; private init; } = -1;

    /// <summary>Whether the kernel has rewound an interrupted call before its tracer sees it, and has forgotten its
    /// number, as it does on Arm.</summary>
    public bool IsRewound => State >= 0;

    /// <summary>The arguments of a call of i386. Even a 64-bit program can make one.</summary>
    public int[] ArgumentsOfI386 => this == s_x64 ? [RBX, RCX, RDX, RSI, RDI, RBP] : Arguments;

    /// <summary>The layout of a register set of so many bytes; null for an unknown one.</summary>
    public static RegisterLayout? Find(nint length) =>
        Array.Find(s_all, layout => layout.Count * layout.WordSize == length);
}

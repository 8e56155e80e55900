using System.Buffers.Binary;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>A system call in the code of a program that can be patched: its bytes are those of a wrapper of the C
/// library.</summary>
/// <remarks>
/// The instruction that loads the number is replaced by a call of our code. No instruction moves, and <c>syscall</c>
/// stays where it is, so a thread or a signal frame that stands there goes on as before. Right behind it the wrapper
/// compares the result, which sets the flags anew, and returns (<see cref="CallWrapper"/>). So the caller relies on no
/// register that a C function may change, and nothing of it is below the stack pointer, where our call leaves its
/// return.
/// </remarks>
/// <param name="Number">The number of the call.</param>
/// <param name="Kind">What it is known by.</param>
/// <param name="Instruction">The address of the instruction <c>syscall</c>.</param>
/// <param name="Start">The address of the instruction before it, which loads the number.</param>
/// <param name="Padding">The address of dead bytes for the call, where that instruction has only two; else 0.</param>
/// <param name="MovesPath">Whether the wrapper of openat has its path in the first argument up to <paramref
/// name="Start"/>, and moves it behind that.</param>
internal readonly record struct CallSite(
    int Number, SiteKind Kind, ulong Instruction, ulong Start, ulong Padding = 0, bool MovesPath = false)
{
    /// <summary>Bytes to read before the end of the instruction, and from there on.</summary>
    public const int Before = 15;
    public const int After = 224;

    /// <summary>Position of the flags of openat.</summary>
    public const int OpenFlagsAt = 2;

    private const int Syscall = Before - 2;
    private const int Load = 5;
    private const int Move = 8;

    // From the end of the system call to the padding of read.
    private const int ToPadding = 9;

    /// <summary>One of each form: what our code is like depends on nothing else.</summary>
    public static CallSite[] Forms { get; } =
    [
        .. ((ReadOnlySpan<int>)[0, 1, 4, 6, 21, 89, 137, 257, 262, 267]).ToArray().Select(number =>
            new CallSite(number, KindOf(number)!.Value, Instruction: Load, Start: 0, Padding: number == 0 ? 1UL : 0)),
        new CallSite(257, SiteKind.SecondPathOpened, Instruction: Load + Move, Start: 0, MovesPath: true),
    ];

    /// <summary>The address behind the instruction <c>syscall</c>.</summary>
    public ulong End => Instruction + 2;

    /// <summary>From where the call of our code returns to the instruction <c>syscall</c>.</summary>
    public int ToInstruction => Padding != 0 ? -2 - ToPadding - Load : MovesPath ? Move : 0;

    /// <summary>From there to the end of that instruction.</summary>
    public int ToEnd => ToInstruction + 2;

    /// <summary>What a call of x86-64 is known by; null when it cannot be known.</summary>
    public static SiteKind? KindOf(int number) => number switch
    {
        0 or 1 => SiteKind.Stream,
        4 or 21 or 137 => SiteKind.FirstPathFollowed,
        6 => SiteKind.FirstPathKept,
        89 => SiteKind.FirstPathRead,
        257 => SiteKind.SecondPathOpened,
        262 => SiteKind.SecondPathAndFlags,
        267 => SiteKind.SecondPathRead,
        _ => null,
    };

    public static Direction DirectionOf(int number) => number == 0 ? Direction.Read : Direction.Write;

    /// <param name="number">The number of the call.</param>
    /// <param name="end">The address behind its instruction.</param>
    /// <param name="bytes">Those around that address: <see cref="Before"/> and <see cref="After"/>.</param>
    public static CallSite? Find(int number, ulong end, ReadOnlySpan<byte> bytes)
    {
        if (KindOf(number) is not { } kind
            || !bytes[Syscall..].StartsWith((ReadOnlySpan<byte>)[0x0f, 0x05])
            || CallWrapper.Return(bytes[Before..], kind != SiteKind.Stream) is not { } length)
        {
            return null;
        }

        // xor eax, eax
        if (number == 0)
        {
            return bytes[Syscall - 2] == 0x31 && bytes[Syscall - 1] == 0xc0
                && length == ToPadding && IsPadding(bytes[(Before + length)..])
                ? new CallSite(number, kind, end - 2, end - 4, end + ToPadding)
                : null;
        }

        if (Loads(number, bytes[(Syscall - Load)..]))
        {
            return new CallSite(number, kind, end - 2, end - 2 - Load);
        }

        // mov rsi, rdi; mov edi, AT_FDCWD
        return kind == SiteKind.SecondPathOpened
            && Loads(number, bytes)
            && bytes[Load..].StartsWith((ReadOnlySpan<byte>)[0x48, 0x89, 0xfe, 0xbf, 0x9c, 0xff, 0xff, 0xff])
            ? new CallSite(number, kind, end - 2, end - 2 - Move - Load, MovesPath: true)
            : null;
    }

    /// <summary>All that are in a piece of code.</summary>
    /// <param name="address">That of the first byte.</param>
    /// <param name="code">Its bytes. What stands around a call must be among them.</param>
    /// <param name="isWanted">By the number of the call.</param>
    public static List<CallSite> In(ulong address, ReadOnlySpan<byte> code, Func<int, bool> isWanted)
    {
        List<CallSite> sites = [];
        int[] numbers = [.. Forms.Select(form => form.Number).Distinct().Where(isWanted)];
        for (int at = Syscall; at <= code.Length - 2 - After; at++)
        {
            int distance = code[at..^After].IndexOf((ReadOnlySpan<byte>)[0x0f, 0x05]);
            if (distance < 0)
            {
                break;
            }

            at += distance;
            ReadOnlySpan<byte> around = code.Slice(at - Syscall, Before + After);
            foreach (int number in numbers)
            {
                if (Find(number, address + (ulong)at + 2, around) is { } site)
                {
                    sites.Add(site);
                }
            }
        }

        return sites;
    }

    // mov eax, number
    private static bool Loads(int number, ReadOnlySpan<byte> code) =>
        code[0] == 0xb8 && BinaryPrimitives.ReadInt32LittleEndian(code[1..]) == number;

    // A long nop after a return: the next function is aligned, and nothing leads here.
    private static bool IsPadding(ReadOnlySpan<byte> code) =>
        code.StartsWith((ReadOnlySpan<byte>)[0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x0f, 0x1f, 0x80, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x66, 0x0f, 0x1f, 0x44, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x0f, 0x1f, 0x44, 0, 0]);
}

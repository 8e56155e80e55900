using System.Buffers.Binary;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>A system call in the code of a program that can be patched: its bytes are those of a wrapper of the C
/// library.</summary>
/// <remarks>
/// The instruction that loads the number is replaced by a jump. No instruction moves, and <c>syscall</c> stays where it
/// is, so a thread or a signal frame that stands there goes on as before. Right behind it the wrapper compares the
/// result, which sets the flags anew, and returns. So the caller relies on no register that a C function may change.
/// </remarks>
/// <param name="Number">The number of the call.</param>
/// <param name="Kind">What it is known by.</param>
/// <param name="Instruction">The address of the instruction <c>syscall</c>.</param>
/// <param name="Start">The address of the instruction before it, which loads the number.</param>
/// <param name="Padding">The address of dead bytes for a longer jump, where that instruction has only two; else
/// 0.</param>
internal readonly record struct CallSite(int Number, SiteKind Kind, ulong Instruction, ulong Start, ulong Padding)
{
    /// <summary>Bytes to read before the end of the instruction, and from there on.</summary>
    public const int Before = 7;
    public const int After = 64;

    private const int Syscall = Before - 2;

    /// <summary>The address behind the instruction <c>syscall</c>.</summary>
    public ulong End => Instruction + 2;

    /// <summary>What a call of x86-64 is known by; null when it cannot be known.</summary>
    public static SiteKind? KindOf(int number) => number switch
    {
        0 or 1 => SiteKind.Stream,
        21 => SiteKind.FirstPathFollowed,
        89 => SiteKind.FirstPathKept,
        262 => SiteKind.SecondPathAndFlags,
        267 => SiteKind.SecondPathKept,
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
            || Return(bytes[Before..], kind != SiteKind.Stream) is not { } length)
        {
            return null;
        }

        // mov eax, number
        if (bytes[0] == 0xb8 && BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]) == number)
        {
            return new CallSite(number, kind, end - 2, end - Before, 0);
        }

        // xor eax, eax
        return number == 0 && bytes[Syscall - 2] == 0x31 && bytes[Syscall - 1] == 0xc0
            && IsPadding(bytes[(Before + length)..])
            ? new CallSite(number, kind, end - 2, end - 4, end + (ulong)length)
            : null;
    }

    /// <summary>The bytes of the wrapper from the call to its return, if they are as we know them.</summary>
    private static int? Return(ReadOnlySpan<byte> code, bool checksError)
    {
        // cmp rax, -4096 and ja; cmp rax, -4095 and jae; cmp eax, -4096 and ja
        int length = code.StartsWith((ReadOnlySpan<byte>)[0x48, 0x3d, 0x00, 0xf0, 0xff, 0xff, 0x77]) ? 8
            : code.StartsWith((ReadOnlySpan<byte>)[0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0x73]) ? 8
            : code.StartsWith((ReadOnlySpan<byte>)[0x3d, 0x00, 0xf0, 0xff, 0xff, 0x77]) ? 7
            : 0;
        if (length == 0)
        {
            return null;
        }

        int error = length + code[length - 1];

        // xor eax, eax
        if (code[length..].StartsWith((ReadOnlySpan<byte>)[0x31, 0xc0]))
        {
            length += 2;
        }

        // ret
        return code[length] == 0xc3 && (!checksError || (error < 32 && SetsErrno(code[error..]))) ? length + 1 : null;
    }

    /// <summary>Whether these instructions set errno and return −1, and use nothing but rax, rcx and rdx.</summary>
    private static bool SetsErrno(ReadOnlySpan<byte> code)
    {
        // mov rcx or rdx, [the offset of errno]; neg eax; mov fs:[rcx or rdx], eax
        bool isRdx = code[2] == 0x15;
        if (code[0] != 0x48 || code[1] != 0x8b || code[2] is not (0x15 or 0x0d)
            || !code[7..].StartsWith((ReadOnlySpan<byte>)[0xf7, 0xd8, 0x64, 0x89, (byte)(isRdx ? 0x02 : 0x01)]))
        {
            return false;
        }

        // mov eax, -1; or rax, -1; mov rax, -1
        ReadOnlySpan<byte> last = code[12..];
        return last.StartsWith((ReadOnlySpan<byte>)[0xb8, 0xff, 0xff, 0xff, 0xff, 0xc3])
            || last.StartsWith((ReadOnlySpan<byte>)[0x48, 0x83, 0xc8, 0xff, 0xc3])
            || last.StartsWith((ReadOnlySpan<byte>)[0x48, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, 0xc3]);
    }

    // A long nop after a return: the next function is aligned, and nothing leads here.
    private static bool IsPadding(ReadOnlySpan<byte> code) =>
        code.StartsWith((ReadOnlySpan<byte>)[0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x0f, 0x1f, 0x80, 0, 0, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x66, 0x0f, 0x1f, 0x44, 0, 0])
        || code.StartsWith((ReadOnlySpan<byte>)[0x0f, 0x1f, 0x44, 0, 0]);
}

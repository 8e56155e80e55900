using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>The general registers of a thread that stands still, by their number in the
/// <see cref="Layout"/>.</summary>
internal struct Registers
{
    private Bytes _bytes;

    public RegisterLayout Layout { get; set; }

    [UnscopedRef]
    public ref byte First => ref _bytes[0];

    /// <summary>The address of the next instruction.</summary>
    public readonly ulong NextInstruction => IsSmall && Layout.IsRewound
        ? this[Layout.Program] & (IsThumb ? ~1ul : ~3ul)
        : asm.Untagged(this[Layout.Program]);

    /// <summary>On Arm: the size in bytes of the instruction that makes a call.</summary>
    public readonly int SizeOfCall => IsThumb ? 2 : 4;

    /// <summary>On Arm: a bit that the processor ignores in the address of the next instruction when a thread returns
    /// to its program.</summary>
    public readonly ulong IgnoredBit => IsSmall ? 1ul : 1ul << 56;

    private readonly bool IsSmall => Layout.WordSize == sizeof(uint);

    // T32, the instruction set with instructions of two bytes: a bit of cpsr.
    private readonly bool IsThumb => IsSmall && Layout.IsRewound && (this[Layout.State] & 0x20) != 0;

    public ulong this[int register]
    {
        readonly get
        {
            ReadOnlySpan<byte> bytes = _bytes;
            return IsSmall
                ? BitConverter.ToUInt32(bytes[(register * sizeof(uint))..])
                : BitConverter.ToUInt64(bytes[(register * sizeof(ulong))..]);
        }

        set
        {
            Span<byte> bytes = _bytes;
            _ = IsSmall
                ? BitConverter.TryWriteBytes(bytes[(register * sizeof(uint))..], (uint)value)
                : BitConverter.TryWriteBytes(bytes[(register * sizeof(ulong))..], value);
        }
    }

    /// <summary>As <see cref="this[int]"/>, for a number that may be negative.</summary>
    public readonly long Signed(int register) => IsSmall ? (int)this[register] : (long)this[register];

    /// <summary>On Arm: whether an instruction is <c>svc</c>.</summary>
    public readonly bool IsCall(uint instruction) => !IsSmall ? (instruction & 0xffe0001f) == 0xd4000001
        : IsThumb ? (instruction & 0xff00) == 0xdf00
        : (instruction & 0x0f000000) == 0x0f000000;

    [InlineArray(RegisterLayout.MostBytes)]
    private struct Bytes
    {
        private byte _first;
    }
}

using System.Buffers.Binary;

namespace Fptrace.Tracing.Fast;

/// <summary>Writes instructions of x86-64.</summary>
/// <param name="target">Receives them.</param>
/// <param name="address">Where the first will stand.</param>
internal ref struct CodeWriter(Span<byte> target, ulong address)
{
    /// <summary>The short forms of conditional jumps.</summary>
    public const byte JumpIfBelow = 0x72;
    public const byte JumpIfEqual = 0x74;
    public const byte JumpIfNotEqual = 0x75;
    public const byte JumpIfAbove = 0x77;
    public const byte JumpIfNegative = 0x78;
    public const byte JumpIfNotNegative = 0x79;
    public const byte JumpIfNotAboveZero = 0x7e;

    private readonly Span<byte> _target = target;

    public int Length { get; private set; }

    public void Add(params ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_target[Length..]);
        Length += bytes.Length;
    }

    public void Add32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_target[Length..], value);
        Length += sizeof(int);
    }

    public void Add64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_target[Length..], value);
        Length += sizeof(ulong);
    }

    /// <summary>The distance to an address, from the end of these four bytes: the last ones of an
    /// instruction.</summary>
    public void AddRelative(ulong to)
    {
        ulong end = address + (ulong)Length + sizeof(int);
        Add32(checked((int)((long)to - (long)end)));
    }

    /// <summary>A call, of five bytes.</summary>
    public void AddCall(ulong to)
    {
        Add(0xe8);
        AddRelative(to);
    }

    /// <summary>The long form of a conditional jump.</summary>
    public void AddJump(byte opcode, ulong to)
    {
        Add(0x0f, (byte)(opcode + 0x10));
        AddRelative(to);
    }

    /// <summary>A jump of two bytes to what <see cref="Land"/> marks.</summary>
    /// <returns>What <see cref="Land"/> takes.</returns>
    public int AddShortJump(byte opcode)
    {
        Add(opcode, 0);
        return Length;
    }

    public readonly void Land(int jump) => _target[jump - 1] = checked((byte)(sbyte)(Length - jump));

    /// <summary>A jump of two bytes back to an earlier position.</summary>
    public void AddShortJumpTo(byte opcode, int position) =>
        Add(opcode, unchecked((byte)checked((sbyte)(position - (Length + 2)))));
}

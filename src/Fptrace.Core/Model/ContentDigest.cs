using System.Buffers.Binary;

namespace Fptrace.Model;

/// <summary>A SHA-256 digest as a value: a manifest has a hundred thousand of them, and none is an object.</summary>
public readonly record struct ContentDigest(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>The length of a digest, in bytes.</summary>
    public const int Length = 32;

    /// <summary>Whether no digest was computed.</summary>
    public bool IsEmpty => (A | B | C | D) == 0;

    public static ContentDigest FromBytes(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    /// <summary>From 64 hexadecimal digits in lower case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out ContentDigest digest)
    {
        digest = default;
        if (hex.Length != 2 * Length || !Digits.AreHexadecimal(hex))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Length];
        _ = Convert.FromHexString(hex, bytes, out _, out _);
        digest = FromBytes(bytes);
        return true;
    }

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
    }

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}

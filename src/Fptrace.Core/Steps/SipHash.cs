using System.Buffers.Binary;
using System.Numerics;

namespace Fptrace.Steps;

/// <summary>SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012).</summary>
/// <remarks>
/// It is keyed: without the key nobody can test guesses against a digest. It is written in managed code, because the
/// SHA-256 of .NET loads OpenSSL, which takes longer than a whole check.
/// </remarks>
internal sealed class SipHash
{
    /// <summary>The length of a key and of a digest, in bytes.</summary>
    public const int Length = 16;

    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <param name="key"><see cref="Length"/> bytes.</param>
    public SipHash(ReadOnlySpan<byte> key)
    {
        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
    }

    /// <returns>32 lower-case hexadecimal digits.</returns>
    public string Digest(ReadOnlySpan<byte> text)
    {
        ulong v0 = _key0 ^ 0x736f6d6570736575;
        ulong v1 = _key1 ^ 0x646f72616e646f6d ^ 0xee;
        ulong v2 = _key0 ^ 0x6c7967656e657261;
        ulong v3 = _key1 ^ 0x7465646279746573;
        ulong last = (ulong)text.Length << 56;
        for (; text.Length >= 8; text = text[8..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(text);
            v3 ^= word;
            Rounds(2, ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
        }

        for (int i = 0; i < text.Length; i++)
        {
            last |= (ulong)text[i] << (8 * i);
        }

        v3 ^= last;
        Rounds(2, ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        Span<byte> digest = stackalloc byte[Length];
        v2 ^= 0xee;
        Rounds(4, ref v0, ref v1, ref v2, ref v3);
        BinaryPrimitives.WriteUInt64LittleEndian(digest, v0 ^ v1 ^ v2 ^ v3);
        v1 ^= 0xdd;
        Rounds(4, ref v0, ref v1, ref v2, ref v3);
        BinaryPrimitives.WriteUInt64LittleEndian(digest[8..], v0 ^ v1 ^ v2 ^ v3);
        return Convert.ToHexStringLower(digest);
    }

    private static void Rounds(int count, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        for (; count > 0; count--)
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}

using System.Buffers.Binary;

namespace Fptrace.Model;

/// <summary>Checks hexadecimal digits, eight at a time in a register.</summary>
/// <remarks>
/// A manifest of a hundred thousand lines has six million digits. Vectors would be faster still, but the just-in-time
/// compiler would compile vector code in each build that loads Core into MSBuild.
/// </remarks>
internal static class Digits
{
    private const ulong Each = 0x0101010101010101;
    private const ulong High = 0x80 * Each;

    /// <summary>Whether all characters are hexadecimal digits in lower case.</summary>
    public static bool AreHexadecimal(ReadOnlySpan<byte> text)
    {
        ulong all = High;
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
        {
            all &= HexadecimalBits(BinaryPrimitives.ReadUInt64LittleEndian(text));
        }

        foreach (byte digit in text)
        {
            all = char.IsAsciiHexDigitLower((char)digit) ? all : 0;
        }

        return all == High;
    }

    // Sets the high bit of each byte that is a digit. The sum of two bytes below 0x80 carries into no other byte.
    private static ulong HexadecimalBits(ulong text)
    {
        ulong low = text & ~High;
        ulong decimals = (low + ((0x80 - '0') * Each)) & ~(low + ((0x80 - ('9' + 1)) * Each));
        ulong letters = (low + ((0x80 - 'a') * Each)) & ~(low + ((0x80 - ('f' + 1)) * Each));
        return (decimals | letters) & ~text & High;
    }
}

using System.Buffers;

namespace Fptrace.Commands.Run.Streams;

/// <summary>
/// Removes from a text what only a terminal understands: colours, cursor movements, titles (ECMA-48).
/// </summary>
internal static class EscapeCodes
{
    private const byte Escape = 0x1b;
    private const byte Bell = 0x07;

    public static ReadOnlyMemory<byte> Strip(ReadOnlyMemory<byte> text)
    {
        ReadOnlySpan<byte> rest = text.Span;
        int next = rest.IndexOf(Escape);
        if (next < 0)
        {
            return text;
        }

        var kept = new ArrayBufferWriter<byte>(rest.Length);
        while (next >= 0)
        {
            kept.Write(rest[..next]);
            rest = rest[(next + Length(rest[next..]))..];
            next = rest.IndexOf(Escape);
        }

        kept.Write(rest);
        return kept.WrittenMemory;
    }

    /// <summary>The length of the sequence at the beginning. A sequence without an end takes the rest.</summary>
    private static int Length(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return text.Length;
        }

        switch (text[1])
        {
            case (byte)'[':
                // A control sequence: parameters and intermediate bytes, then one final byte.
                int final = text[2..].IndexOfAnyExceptInRange((byte)0x20, (byte)0x3f);
                return final < 0 ? text.Length : IsIn(text[2 + final], 0x40, 0x7e) ? final + 3 : final + 2;
            case (byte)']' or (byte)'P' or (byte)'X' or (byte)'^' or (byte)'_':
                // A control string: it ends with a bell or ESC \.
                int end = text[2..].IndexOfAny(Bell, Escape);
                return end < 0 ? text.Length : text[2 + end] == Bell ? end + 3 : Math.Min(end + 4, text.Length);
            default:
                int last = text[1..].IndexOfAnyExceptInRange((byte)0x20, (byte)0x2f);
                return last < 0 ? text.Length : IsIn(text[1 + last], 0x30, 0x7e) ? last + 2 : last + 1;
        }
    }

    private static bool IsIn(byte value, byte least, byte most) => value >= least && value <= most;
}

using System.Buffers;
using System.Globalization;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Builds one line of text. Names in it cannot end the line, and can be told apart.</summary>
internal sealed class TextLine
{
    private const string HexDigits = "0123456789abcdef";
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public ReadOnlySpan<byte> Bytes => _buffer.WrittenSpan;

    public void Clear() => _buffer.ResetWrittenCount();

    public TextLine Text(ReadOnlySpan<byte> text)
    {
        _buffer.Write(text);
        return this;
    }

    public TextLine Text(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    public TextLine Number(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        return Text(digits[..length]);
    }

    /// <summary>Appends a name: quoted, unless all its characters are visible, and no quotes or backslashes.</summary>
    public TextLine Name(ByteString name) => IsPlain(name.Span) ? Text(name.Span) : Quoted(name);

    /// <summary>
    /// Appends a name in double quotes with the escapes of C: <c>\n \t \r \" \\</c>, and <c>\xNN</c> for other bytes
    /// that are not visible.
    /// </summary>
    public TextLine Quoted(ByteString name)
    {
        Text("\""u8);
        ReadOnlySpan<byte> rest = name.Span;
        while (!rest.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(rest, out Rune rune, out int length) == OperationStatus.Done;
            if (!valid)
            {
                // An invalid sequence can have up to three bytes; show each by itself.
                length = 1;
            }

            ReadOnlySpan<byte> bytes = rest[..length];
            if (valid && (rune.Value == ' ' || IsPlain(rune)))
            {
                Text(bytes);
            }
            else
            {
                Escape(bytes);
            }

            rest = rest[length..];
        }

        return Text("\""u8);
    }

    private static bool IsPlain(ReadOnlySpan<byte> name)
    {
        bool any = !name.IsEmpty;
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out Rune rune, out int length) != OperationStatus.Done || !IsPlain(rune))
            {
                return false;
            }

            name = name[length..];
        }

        return any;
    }

    /// <remarks>
    /// Format characters are not plain: they can reverse the direction of the text, and so make a name look like
    /// another.
    /// </remarks>
    private static bool IsPlain(Rune rune) => rune.IsAscii
        ? rune.Value is > ' ' and < 0x7f and not '"' and not '\'' and not '\\'
        : Rune.GetUnicodeCategory(rune)
            is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private void Escape(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            _ = b switch
            {
                (byte)'\n' => Text("\\n"u8),
                (byte)'\t' => Text("\\t"u8),
                (byte)'\r' => Text("\\r"u8),
                (byte)'"' => Text("\\\""u8),
                (byte)'\\' => Text("\\\\"u8),
                (byte)'\'' => Text("'"u8),
                _ => Text([(byte)'\\', (byte)'x', (byte)HexDigits[b >> 4], (byte)HexDigits[b & 15]]),
            };
        }
    }
}

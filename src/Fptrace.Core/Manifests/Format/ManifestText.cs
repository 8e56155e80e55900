using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Fptrace.Model;

namespace Fptrace.Manifests.Format;

/// <summary>
/// Writes JSON in the layout of manifests: one record on each line. Utf8JsonWriter has no such layout.
/// </summary>
internal sealed class ManifestText(IBufferWriter<byte> target)
{
    private const string HexDigits = "0123456789abcdef";
    private static readonly SearchValues<byte> s_special = SearchValues.Create([.. Escaped, 0x7f]);

    private bool _first = true;

    /// <summary>The characters that a JSON string must escape.</summary>
    public static ReadOnlySpan<byte> Escaped =>
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\"u8;

    /// <summary>Writes text that needs no escapes.</summary>
    public ManifestText Raw(ReadOnlySpan<byte> text)
    {
        target.Write(text);
        return this;
    }

    /// <summary>Begins a line in an array or object, after a comma unless it is the first one.</summary>
    public ManifestText Line(ReadOnlySpan<byte> start)
    {
        Raw(_first ? "\n    "u8 : ",\n    "u8).Raw(start);
        _first = false;
        return this;
    }

    public ManifestText Open(ReadOnlySpan<byte> start)
    {
        _first = true;
        return Raw(start);
    }

    /// <summary>Ends what <see cref="Open"/> began, on the same line if it is empty.</summary>
    public ManifestText Close(ReadOnlySpan<byte> end)
    {
        if (!_first)
        {
            Raw("\n  "u8);
        }

        _first = false;
        return Raw(end);
    }

    public ManifestText Number(long value)
    {
        Span<byte> digits = target.GetSpan(20);
        Utf8Formatter.TryFormat(value, digits, out int written);
        target.Advance(written);
        return this;
    }

    public ManifestText Octal(uint mode) => Text(Convert.ToString(mode, 8).PadLeft(4, '0'));

    public ManifestText Text(string text) => Name(new ByteString(Encoding.UTF8.GetBytes(text)));

    public ManifestText Digest(in ContentDigest digest)
    {
        Span<byte> bytes = stackalloc byte[ContentDigest.Length];
        digest.CopyTo(bytes);
        Span<byte> text = target.GetSpan((2 * ContentDigest.Length) + 2);
        text[0] = (byte)'"';
        Convert.TryToHexStringLower(bytes, text[1..], out int written);
        text[written + 1] = (byte)'"';
        target.Advance(written + 2);
        return this;
    }

    /// <summary>
    /// Writes a string in quotes, with the escapes of <see cref="ByteString"/> for bytes that are not UTF-8.
    /// </summary>
    public ManifestText Name(ByteString name)
    {
        ReadOnlySpan<byte> bytes = name.Span;
        Raw("\""u8);
        if (Utf8.IsValid(bytes))
        {
            Escape(bytes);
        }
        else
        {
            Escape(Encoding.UTF8.GetBytes(name.ToString()));
        }

        return Raw("\""u8);
    }

    public ManifestText Names(IReadOnlyList<ByteString> names) => List(names, Name);

    public ManifestText Texts(IReadOnlyList<string> texts) => List(texts, Text);

    private ManifestText List<T>(IReadOnlyList<T> items, Func<T, ManifestText> write)
    {
        Raw("["u8);
        for (int i = 0; i < items.Count; i++)
        {
            Raw(i > 0 ? ", "u8 : []);
            write(items[i]);
        }

        return Raw("]"u8);
    }

    private void Escape(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            int special = bytes.IndexOfAny(s_special);
            if (special < 0)
            {
                target.Write(bytes);
                return;
            }

            target.Write(bytes[..special]);
            byte value = bytes[special];
            Span<byte> escaped = value is (byte)'"' or (byte)'\\' ? [(byte)'\\', value]
                : value is (byte)'\n' ? [(byte)'\\', (byte)'n']
                : [(byte)'\\', (byte)'u', (byte)'0', (byte)'0', (byte)HexDigits[value >> 4],
                    (byte)HexDigits[value & 15]];
            target.Write(escaped);
            bytes = bytes[(special + 1)..];
        }
    }
}

using System.Text;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Fptrace.Model;

/// <summary>A path, argument or environment entry: the bytes that the kernel has, without the closing NUL.</summary>
/// <remarks>
/// Linux names are bytes, JSON is Unicode. <see cref="ToString"/> and <see cref="Parse"/> convert without loss: valid
/// UTF-8 stays as it is, and every byte that is not part of a valid UTF-8 sequence becomes U+0000 and two lower-case
/// hexadecimal digits. No name contains a NUL, so the escape is unambiguous, and every JSON reader accepts it.
/// </remarks>
[JsonConverter(typeof(ByteStringJsonConverter))]
public readonly struct ByteString : IEquatable<ByteString>, IComparable<ByteString>
{
    private const string HexDigits = "0123456789abcdef";
    private readonly byte[]? _bytes;

    /// <summary>Takes ownership of <paramref name="bytes"/>; the caller does not change them afterwards.</summary>
    public ByteString(byte[] bytes) => _bytes = bytes;

    /// <summary>Copies <paramref name="bytes"/>.</summary>
    public ByteString(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public ReadOnlySpan<byte> Span => _bytes;

    public int Length => _bytes?.Length ?? 0;

    public bool IsEmpty => Length == 0;

    public static bool operator ==(ByteString left, ByteString right) => left.Equals(right);

    public static bool operator !=(ByteString left, ByteString right) => !left.Equals(right);

    public static bool operator <(ByteString left, ByteString right) => left.CompareTo(right) < 0;

    public static bool operator >(ByteString left, ByteString right) => left.CompareTo(right) > 0;

    public static bool operator <=(ByteString left, ByteString right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ByteString left, ByteString right) => left.CompareTo(right) >= 0;

    /// <summary>The reverse of <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException">U+0000 is not followed by two hexadecimal digits.</exception>
    public static ByteString Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return new ByteString(Encoding.UTF8.GetBytes(text));
        }

        var bytes = new List<byte>(text.Length);
        string[] parts = text.Split('\0');
        bytes.AddRange(Encoding.UTF8.GetBytes(parts[0]));
        foreach (string part in parts.AsSpan(1))
        {
            if (part.Length < 2
                || !byte.TryParse(part.AsSpan(0, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null,
                    out byte value))
            {
                throw new FormatException("U+0000 must be followed by two hexadecimal digits");
            }

            bytes.Add(value);
            bytes.AddRange(Encoding.UTF8.GetBytes(part[2..]));
        }

        return new ByteString([.. bytes]);
    }

    public bool Equals(ByteString other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public int CompareTo(ByteString other) => Span.SequenceCompareTo(other.Span);

    public override string ToString()
    {
        if (Utf8.IsValid(Span))
        {
            return Encoding.UTF8.GetString(Span);
        }

        var text = new StringBuilder(Length + 8);
        ReadOnlySpan<byte> rest = Span;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
                rest = rest[consumed..];
            }
            else
            {
                text.Append('\0').Append(HexDigits[rest[0] >> 4]).Append(HexDigits[rest[0] & 15]);
                rest = rest[1..];
            }
        }

        return text.ToString();
    }
}

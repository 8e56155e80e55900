using System.Buffers.Binary;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>
/// Reads what <see cref="EntryWriter"/> wrote, and checks every number against the length of the rest.
/// </summary>
internal ref struct EntryReader
{
    /// <summary>Bytes of a checksum.</summary>
    public const int ChecksumLength = 16;

    private ReadOnlySpan<byte> _rest;

    /// <exception cref="InvalidDataException">The checksum is wrong, or the heading is another.</exception>
    public EntryReader(ReadOnlySpan<byte> entry, string heading)
    {
        _rest = Body(entry);
        int length = heading.Length + 1;
        if (_rest.Length < length || _rest[length - 1] != '\n'
            || Encoding.ASCII.GetString(_rest[..(length - 1)]) != heading)
        {
            throw new InvalidDataException($"is no '{heading}'");
        }

        _rest = _rest[length..];
    }

    /// <summary>The kind and version of an entry. Checks the checksum first.</summary>
    /// <exception cref="InvalidDataException">The checksum is wrong, or there is no heading.</exception>
    public static string Heading(ReadOnlySpan<byte> entry)
    {
        ReadOnlySpan<byte> body = Body(entry);
        int end = body[..Math.Min(body.Length, 100)].IndexOf((byte)'\n');
        return end < 0 ? throw new InvalidDataException("has no heading") : Encoding.ASCII.GetString(body[..end]);
    }

    public ulong Number()
    {
        ulong value = 0;
        for (int i = 0; i < _rest.Length && i < 10; i++)
        {
            byte b = _rest[i];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                // Each number has one encoding: no superfluous zeros, nothing beyond 64 bits.
                if ((b == 0 && i > 0) || (i == 9 && b > 1))
                {
                    break;
                }

                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("holds a malformed number");
    }

    /// <param name="highest">The largest value that makes sense.</param>
    public long Number(long highest)
    {
        ulong value = Number();
        return value <= (ulong)highest
            ? (long)value
            : throw new InvalidDataException($"holds the number {value} where {highest} is the highest");
    }

    /// <summary>How many items follow, each of at least <paramref name="smallest"/> bytes.</summary>
    public int Count(int smallest) => (int)Number(Math.Min(_rest.Length / smallest, int.MaxValue));

    public ReadOnlySpan<byte> Bytes() => Take((int)Number(_rest.Length));

    public ByteString Text() => new(Bytes());

    public ContentDigest Digest() => ContentDigest.FromBytes(Take(ContentDigest.Length));

    public UInt128 Checksum() => BinaryPrimitives.ReadUInt128BigEndian(Take(ChecksumLength));

    /// <param name="largest">The largest size that makes sense.</param>
    public BlobReference Blob(long largest) => new(Digest(), Number(largest));

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new InvalidDataException("goes on after its end");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new InvalidDataException("ends too early");
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> entry)
    {
        if (entry.Length < ContentDigest.Length)
        {
            throw new InvalidDataException("is too short");
        }

        ReadOnlySpan<byte> body = entry[..^ContentDigest.Length];
        return Sha256.Of(body) == ContentDigest.FromBytes(entry[^ContentDigest.Length..])
            ? body
            : throw new InvalidDataException("has a wrong checksum");
    }
}

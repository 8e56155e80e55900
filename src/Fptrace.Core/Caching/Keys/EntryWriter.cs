using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fptrace.Model;

namespace Fptrace.Caching.Keys;

/// <summary>
/// Writes an entry or blob: a line with kind and version, the fields, and the SHA-256 of all before it.
/// </summary>
/// <remarks>
/// A number is encoded as LEB128, a string as its length and its bytes. <see cref="EntryReader"/> reads it.
/// </remarks>
internal sealed class EntryWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <param name="heading">Such as <c>fptrace-result 1</c>.</param>
    public EntryWriter(string heading)
    {
        _buffer.Write(Encoding.ASCII.GetBytes(heading));
        _buffer.Write("\n"u8);
    }

    public void Number(ulong value)
    {
        Span<byte> bytes = _buffer.GetSpan(10);
        int length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        _buffer.Advance(length);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number((ulong)value.Length);
        _buffer.Write(value);
    }

    public void Text(ByteString value) => Bytes(value.Span);

    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public void Digest(ContentDigest value)
    {
        value.CopyTo(_buffer.GetSpan(ContentDigest.Length));
        _buffer.Advance(ContentDigest.Length);
    }

    public void Checksum(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(_buffer.GetSpan(EntryReader.ChecksumLength), value);
        _buffer.Advance(EntryReader.ChecksumLength);
    }

    /// <summary>Writes all of it but the checksum.</summary>
    public void Blob(BlobReference blob)
    {
        Digest(blob.Digest);
        Number((ulong)blob.Size);
    }

    public byte[] Finish()
    {
        Digest(Sha256.Of(_buffer.WrittenSpan));
        return _buffer.WrittenSpan.ToArray();
    }
}

using System.Buffers.Binary;
using System.IO.Hashing;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>A manifest in binary form: what a check compares is in rows that need no parsing.</summary>
/// <remarks>
/// <para>
/// The text remains the manifest. An index holds the checksum and the length of the text that it was made from, and is
/// used for no other text. It also holds the times of the manifest's file. If they are equal, the file still has this
/// text, and a check need not read it. Times are stored only when they are old enough to prove that.
/// </para>
/// <para>
/// The layout: a header of fixed length, the rows (<see cref="StoredEntry"/>), the rest of the manifest as JSON, and
/// the text that the rows point into. The header and the body have a checksum each, because times are written into the
/// header later.
/// </para>
/// </remarks>
internal sealed class ManifestIndex
{
    /// <summary>The length of the header, in bytes.</summary>
    public const int HeaderLength = 96;

    private const int Piece = 1 << 20;
    private const int SumStart = 16;
    private const int TimesStart = 40;
    private const int CountsStart = 64;
    private const int BodySumStart = 80;
    private const int HeaderSumStart = 88;

    private readonly byte[] _bytes;

    private ManifestIndex(byte[] bytes) => _bytes = bytes;

    // The number is the version of the format.
    private static ReadOnlySpan<byte> Magic => "fptrace-index-1\n"u8;

    /// <summary>The checksum of the manifest's text, as hexadecimal digits.</summary>
    public ReadOnlySpan<byte> Sum => _bytes.AsSpan(SumStart, TextDigest.Length);

    /// <summary>The length of the manifest's text, in bytes.</summary>
    public long ManifestLength => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(SumStart + TextDigest.Length));

    /// <summary>The times of the manifest's file while it held that text; empty if they are not known yet.</summary>
    public FileTimes Times => new(Long(TimesStart), Long(TimesStart + 8), (ulong)Long(TimesStart + 16));

    /// <param name="manifest">The manifest that the text holds.</param>
    /// <param name="text">The text, as it was written.</param>
    public static ReadOnlyMemory<byte> Write(Manifest manifest, ReadOnlySpan<byte> text)
    {
        var rows = new IndexRows(manifest);
        ReadOnlySpan<byte> rest = ManifestWriter.Write(manifest with { Observations = [], Outputs = [] }).Span;
        byte[] bytes = new byte[HeaderLength + rows.Rows.Length + rest.Length + rows.Text.Length];
        Span<byte> body = bytes.AsSpan(HeaderLength);
        rows.Rows.CopyTo(body);
        rest.CopyTo(body[rows.Rows.Length..]);
        rows.Text.CopyTo(body[(rows.Rows.Length + rest.Length)..]);
        Magic.CopyTo(bytes);
        ManifestReader.Checksum(text).CopyTo(bytes.AsSpan(SumStart));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SumStart + TextDigest.Length), text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountsStart), manifest.Observations.Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountsStart + 4), manifest.Outputs.Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountsStart + 8), rest.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(BodySumStart), BodySum(bytes));
        Seal(bytes);
        return bytes;
    }

    /// <summary>Writes times into a header.</summary>
    /// <param name="header">The header of an index.</param>
    /// <param name="sum">The checksum of the text that the manifest's file held at these times.</param>
    /// <param name="times">Times that are old enough to prove something.</param>
    /// <returns>False if it is no header, or the index is of another text.</returns>
    public static bool TrySetTimes(Span<byte> header, ReadOnlySpan<byte> sum, in FileTimes times)
    {
        if (!IsHeader(header) || !header[SumStart..].StartsWith(sum))
        {
            return false;
        }

        BinaryPrimitives.WriteInt64LittleEndian(header[TimesStart..], times.ModifiedNs);
        BinaryPrimitives.WriteInt64LittleEndian(header[(TimesStart + 8)..], times.ChangedNs);
        BinaryPrimitives.WriteUInt64LittleEndian(header[(TimesStart + 16)..], times.Inode);
        Seal(header);
        return true;
    }

    /// <param name="bytes">The whole index. The instance keeps the array.</param>
    /// <returns>Null if the header is damaged.</returns>
    public static ManifestIndex? TryOpen(byte[] bytes) => IsHeader(bytes) ? new ManifestIndex(bytes) : null;

    /// <returns>Null if the body is damaged.</returns>
    public Manifest? TryRead()
    {
        int observations = Count(0);
        int rows = observations + Count(1);
        int rest = HeaderLength + (rows * StoredEntry.RowLength);
        int text = rest + Count(2);
        if (text > _bytes.Length || BodySum(_bytes) != (ulong)Long(BodySumStart)
            || ManifestReader.Read(_bytes.AsSpan(rest, Count(2))).Manifest is not { } manifest)
        {
            return null;
        }

        int second = HeaderLength + (observations * StoredEntry.RowLength);
        return manifest with
        {
            Observations = new StoredObservations(_bytes, HeaderLength, observations, text),
            Outputs = new StoredOutputs(_bytes, second, rows - observations, text),
        };
    }

    private static bool IsHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderLength
        && bytes.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes[HeaderSumStart..]) == HeaderSum(bytes);

    private static void Seal(Span<byte> header) =>
        BinaryPrimitives.WriteUInt64LittleEndian(header[HeaderSumStart..], HeaderSum(header));

    private static ulong HeaderSum(ReadOnlySpan<byte> header) => XxHash64.HashToUInt64(header[..HeaderSumStart]);

    /// <summary>A checksum over the checksums of pieces, which several threads compute.</summary>
    private static ulong BodySum(byte[] bytes)
    {
        int pieces = (bytes.Length - HeaderLength + Piece - 1) / Piece;
        byte[] sums = new byte[pieces * sizeof(ulong)];
        Workers.Run(pieces, Workers.Count(0, pieces), piece =>
        {
            int start = HeaderLength + (piece * Piece);
            ulong sum = XxHash64.HashToUInt64(bytes.AsSpan(start, Math.Min(Piece, bytes.Length - start)));
            BinaryPrimitives.WriteUInt64LittleEndian(sums.AsSpan(piece * sizeof(ulong)), sum);
        });
        return XxHash64.HashToUInt64(sums);
    }

    private int Count(int number) =>
        BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(CountsStart + (number * sizeof(int))));

    private long Long(int start) => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(start));
}

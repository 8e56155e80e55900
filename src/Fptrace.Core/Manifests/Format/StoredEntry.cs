using System.Buffers.Binary;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>One row of an index: of an observation or an output what a look at its path is compared with.</summary>
/// <remarks>
/// A check that finds nothing changed needs no more of it: a hundred thousand of these take the time of ten thousand
/// objects.
/// </remarks>
internal struct StoredEntry
{
    /// <summary>Bytes of a row.</summary>
    public const int RowLength = 48;

    /// <summary>Where its path begins in the text of the index; what else there is of it follows.</summary>
    public int Start;

    public ushort PathLength;

    /// <summary>
    /// Bytes behind the path: a file's digest, a link's target, or, of <see cref="IsLine"/>, a line of JSON.
    /// </summary>
    public int Length;

    /// <summary>A look at the path can tell that all is as it was; of any other entry the object decides.</summary>
    public bool IsPlain;

    /// <summary>The row does not hold all of it. The line does, as the manifest has it.</summary>
    public bool IsLine;

    /// <summary>Of an observation; 0 of an output.</summary>
    public ObservationKind Kind;

    public FileType Type;

    public ushort Mode;

    /// <summary>Of an output: what is known of the time before it.</summary>
    public PriorState PriorState;

    /// <summary>Of an output.</summary>
    public OutputOpening Opening;

    /// <summary>Of an output.</summary>
    public bool IsOver;

    /// <summary>Of a file.</summary>
    public long Size;

    /// <summary>Empty where the content must be read.</summary>
    public FileTimes Times;

    /// <param name="row"><see cref="RowLength"/> bytes.</param>
    public static StoredEntry Read(ReadOnlySpan<byte> row)
    {
        byte flags = row[14];
        return new StoredEntry
        {
            Start = BinaryPrimitives.ReadInt32LittleEndian(row),
            Length = BinaryPrimitives.ReadInt32LittleEndian(row[4..]),
            PathLength = BinaryPrimitives.ReadUInt16LittleEndian(row[8..]),
            Mode = BinaryPrimitives.ReadUInt16LittleEndian(row[10..]),
            Kind = (ObservationKind)row[12],
            Type = (FileType)row[13],
            IsPlain = (flags & 1) != 0,
            IsLine = (flags & 2) != 0,
            IsOver = (flags & 4) != 0,
            PriorState = (PriorState)(row[15] & 15),
            Opening = (OutputOpening)(row[15] >> 4),
            Size = BinaryPrimitives.ReadInt64LittleEndian(row[16..]),
            Times = new FileTimes(
                BinaryPrimitives.ReadInt64LittleEndian(row[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(row[32..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[40..])),
        };
    }

    /// <param name="row"><see cref="RowLength"/> bytes.</param>
    public readonly void Write(Span<byte> row)
    {
        BinaryPrimitives.WriteInt32LittleEndian(row, Start);
        BinaryPrimitives.WriteInt32LittleEndian(row[4..], Length);
        BinaryPrimitives.WriteUInt16LittleEndian(row[8..], PathLength);
        BinaryPrimitives.WriteUInt16LittleEndian(row[10..], Mode);
        row[12] = (byte)Kind;
        row[13] = (byte)Type;
        row[14] = (byte)((IsPlain ? 1 : 0) | (IsLine ? 2 : 0) | (IsOver ? 4 : 0));
        row[15] = (byte)((int)PriorState | ((int)Opening << 4));
        BinaryPrimitives.WriteInt64LittleEndian(row[16..], Size);
        BinaryPrimitives.WriteInt64LittleEndian(row[24..], Times.ModifiedNs);
        BinaryPrimitives.WriteInt64LittleEndian(row[32..], Times.ChangedNs);
        BinaryPrimitives.WriteUInt64LittleEndian(row[40..], Times.Inode);
    }
}

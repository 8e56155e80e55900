using System.Buffers.Binary;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>
/// One row of an index: the part of an observation or output that a look at its path is compared with.
/// </summary>
/// <remarks>
/// A check that finds nothing changed needs no more. A hundred thousand rows cost as much time as ten thousand objects.
/// </remarks>
internal struct StoredEntry
{
    /// <summary>The length of a row, in bytes.</summary>
    public const int RowLength = 48;

    /// <summary>The offset of its path in the text of the index. The rest of the entry follows the path.</summary>
    public int Start;

    public ushort PathLength;

    /// <summary>
    /// The number of bytes after the path: a file's digest, a link's target, or a line of JSON (<see cref="IsLine"/>).
    /// </summary>
    public int Length;

    /// <summary>
    /// Whether one look at the path can show that nothing changed. Otherwise the whole object is needed.
    /// </summary>
    public bool IsPlain;

    /// <summary>Whether the row does not hold everything. Then the text has the entry's line of JSON.</summary>
    public bool IsLine;

    /// <summary>The kind of an observation; 0 for an output.</summary>
    public ObservationKind Kind;

    public FileType Type;

    public ushort Mode;

    /// <summary>For an output only.</summary>
    public PriorState PriorState;

    /// <summary>For an output only.</summary>
    public OutputOpening Opening;

    /// <summary>For an output only.</summary>
    public bool IsOver;

    /// <summary>The size of a regular file; otherwise 0.</summary>
    public long Size;

    /// <summary>The times of the file; empty if its content must be read.</summary>
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

using System.Text.Json;
using Fptrace.Linux.Machine;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>The lines of one array of a manifest, which several threads read block by block.</summary>
internal sealed class StoredLines
{
    /// <summary>Bytes of text for one thread at a time; they hold a few hundred lines.</summary>
    public const int Block = 1 << 16;

    private readonly byte[] _text;
    private readonly int _start;
    private readonly int _end;
    private readonly bool _isOutput;

    // The number of the first line that begins in a block, and at the end that of all lines.
    private readonly int[] _first;
    private volatile bool _isSound = true;

    /// <param name="text">Of the manifest.</param>
    /// <param name="lines">From the break before the first line to the end of the last.</param>
    /// <param name="isOutput">Outputs, not observations.</param>
    /// <param name="threads">At most.</param>
    public StoredLines(byte[] text, Range lines, bool isOutput, int threads)
    {
        (_text, _start, _end, _isOutput) = (text, lines.Start.Value, lines.End.Value, isOutput);
        Blocks = (_end - _start + Block - 1) / Block;
        _first = new int[Blocks + 1];
        Workers.Run(Blocks, Math.Max(1, Math.Min(threads, Blocks)), block => _first[block + 1] = InBlock(block).Count((byte)'\n'));
        for (int block = 0; block < Blocks; block++)
        {
            _first[block + 1] += _first[block];
        }

        Entries = LargeArray.Allocate<StoredEntry>(_first[Blocks]);
    }

    public int Blocks { get; }

    /// <summary>Filled when all blocks are read and <see cref="AreSound"/>.</summary>
    public StoredEntry[] Entries { get; }

    /// <summary>Whether all lines are what they should be, and in order. Asked when all blocks are read.</summary>
    public bool AreSound()
    {
        for (int block = 1; block < Blocks && _isSound; block++)
        {
            int first = _first[block];
            _isSound = first == 0 || first == Entries.Length || IsInOrder(Entries[first - 1], Entries[first]);
        }

        return _isSound;
    }

    /// <summary>Reads the lines that begin in a block.</summary>
    public void Read(int block)
    {
        int at = _start + (block * Block);
        ReadOnlySpan<byte> sound = default;
        for (int i = _first[block]; i < _first[block + 1] && _isSound; i++)
        {
            at += _text.AsSpan(at).IndexOf((byte)'\n') + 1;
            int length = _text.AsSpan(at, _end - at).IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = _text.AsSpan(at, length < 0 ? _end - at : length);
            if (!TryRead(line, at, isLast: length < 0, ref sound, out Entries[i]) || (i > _first[block] && !IsInOrder(Entries[i - 1], Entries[i])))
            {
                _isSound = false;
            }
        }
    }

    private ReadOnlySpan<byte> InBlock(int block) => _text.AsSpan(_start + (block * Block), Math.Min(Block, _end - _start - (block * Block)));

    private bool TryRead(ReadOnlySpan<byte> line, int start, bool isLast, ref ReadOnlySpan<byte> sound, out StoredEntry entry)
    {
        ReadOnlySpan<byte> indent = "    "u8;
        entry = default;
        if (!line.StartsWith(indent) || (!isLast && line[^1] != (byte)','))
        {
            return false;
        }

        line = isLast ? line[indent.Length..] : line[indent.Length..^1];
        bool valid = EntryLine.TryRead(line, _isOutput, ref sound, out entry) || IsValid(line);
        entry.Start = start + indent.Length;
        entry.Length = line.Length;
        return valid;
    }

    private bool IsValid(ReadOnlySpan<byte> line)
    {
        try
        {
            _ = Identify(line);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private bool IsInOrder(in StoredEntry one, in StoredEntry other)
    {
        if (!one.IsPlain || !other.IsPlain)
        {
            return ObservationReader.Compare(Identify(Line(one)), Identify(Line(other))) < 0;
        }

        int order = Path(one).SequenceCompareTo(Path(other));
        return order < 0 || (order == 0 && one.Kind < other.Kind);
    }

    private ReadOnlySpan<byte> Line(in StoredEntry entry) => _text.AsSpan(entry.Start, entry.Length);

    private ReadOnlySpan<byte> Path(in StoredEntry entry) => _text.AsSpan(entry.Start + EntryLine.Opening.Length, entry.PathLength);

    private Observation Identify(ReadOnlySpan<byte> line)
    {
        var json = ManifestJson.OfLine(line);
        return _isOutput
            ? new Observation { Path = ObservationReader.ReadOutput(ref json).Path, Kind = 0 }
            : ObservationReader.ReadObservation(ref json);
    }
}

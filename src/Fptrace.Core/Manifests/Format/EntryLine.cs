using System.Buffers;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Reads the line of an observation or output byte by byte, as <see cref="ManifestWriter"/> writes the usual ones.</summary>
/// <remarks>
/// For speed alone. It takes nothing that <see cref="ObservationReader"/> would not take, and what it does not know (escapes, other kinds and orders)
/// it leaves to that one.
/// </remarks>
internal ref struct EntryLine
{
    private const int DigestDigits = 2 * ContentDigest.Length;
    private static readonly SearchValues<byte> s_ends = SearchValues.Create(ManifestText.Escaped);

    private ReadOnlySpan<byte> _rest;

    private EntryLine(ReadOnlySpan<byte> line) => _rest = line;

    /// <summary>What stands before the path.</summary>
    public static ReadOnlySpan<byte> Opening => "{\"path\": \""u8;

    /// <param name="line">The object alone.</param>
    /// <param name="isOutput">It has no kind.</param>
    /// <param name="sound">A directory that is known to be a valid path, with a slash behind; becomes this entry's.</param>
    /// <param name="entry">All but where it stands.</param>
    /// <returns>false: it is not as usual.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, bool isOutput, ref ReadOnlySpan<byte> sound, out StoredEntry entry)
    {
        entry = default;
        var text = new EntryLine(line);
        if (!text.Take(Opening) || !text.TakeString(out ReadOnlySpan<byte> path) || !IsValid(path, ref sound))
        {
            return false;
        }

        entry.PathLength = (ushort)path.Length;
        entry.IsPlain = (isOutput || text.TakeKind(out entry.Kind)) && text.TakeState(ref entry) && text.Take("}"u8) && text._rest.IsEmpty;
        return entry.IsPlain;
    }

    /// <summary>The target of a link's observation.</summary>
    public static ReadOnlySpan<byte> Target(ReadOnlySpan<byte> line, in StoredEntry entry) => line[..^"\"}"u8.Length][^(int)entry.Size..];

    // Most paths differ from the one before in their last name alone.
    private static bool IsValid(ReadOnlySpan<byte> path, ref ReadOnlySpan<byte> sound)
    {
        int slash = path.LastIndexOf((byte)'/');
        if (slash > 0 && path.Length < StoredPath.LongestPath && path[..(slash + 1)].SequenceEqual(sound))
        {
            return StoredPath.IsValidName(path[(slash + 1)..]);
        }

        if (!StoredPath.IsValid(path))
        {
            return false;
        }

        sound = path[..(slash + 1)];
        return true;
    }

    private bool TakeKind(out ObservationKind kind)
    {
        kind = !Take(", \"kind\": \""u8) ? default
            : Take("content\""u8) ? ObservationKind.Content
            : Take("absent\""u8) ? ObservationKind.Absent
            : Take("existence\""u8) ? ObservationKind.Existence
            : Take("link\""u8) ? ObservationKind.Link
            : Take("listing\""u8) ? ObservationKind.Listing
            : Take("read-modify-write\""u8) ? ObservationKind.ReadModifyWrite
            : Take("index-times\""u8) ? ObservationKind.IndexTimes
            : default;
        return kind != default;
    }

    private bool TakeState(ref StoredEntry entry)
    {
        switch (entry.Kind)
        {
            case ObservationKind.Absent:
                return true;
            case ObservationKind.Link:
                bool taken = Take(", \"target\": \""u8) & TakeString(out ReadOnlySpan<byte> target);
                entry.Size = target.Length;
                return taken && !target.IsEmpty;
            case ObservationKind.Listing:
                entry.Type = FileType.Directory;
                return TakeMode(out entry.Mode)
                    && Take(", \"names\": ["u8) && TakeNames(isOwn: false)
                    && (!Take(", \"own\": ["u8) || TakeNames(isOwn: true))
                    && TakeTimes(out entry.Times);
            case ObservationKind.Existence or ObservationKind.ReadModifyWrite or 0 when Take(", \"type\": \"directory\""u8):
                entry.Type = FileType.Directory;
                return TakeMode(out entry.Mode);
            default:
                entry.Type = FileType.Regular;
                return TakeMode(out entry.Mode)
                    && Take(", \"size\": "u8) && TakeNumber(out entry.Size) && entry.Size >= 0
                    && Take(", \"sha256\": \""u8) && TakeDigest()
                    && TakeTimes(out entry.Times);
        }
    }

    private bool TakeTimes(out FileTimes times)
    {
        times = default;
        if (!Take(", \"mtime\": "u8))
        {
            return true;
        }

        long changed = 0;
        long inode = 0;
        bool taken = TakeNumber(out long modified)
            && Take(", \"ctime\": "u8) && TakeNumber(out changed)
            && Take(", \"inode\": "u8) && TakeNumber(out inode);
        times = new FileTimes(modified, changed, (ulong)inode);
        return taken;
    }

    private bool TakeNames(bool isOwn)
    {
        if (Take("]"u8))
        {
            return true;
        }

        do
        {
            if (!Take("\""u8) || !TakeString(out ReadOnlySpan<byte> name) || !(isOwn ? StoredPath.IsValidName(name) : ListedName.IsValid(name)))
            {
                return false;
            }
        }
        while (Take(", "u8));
        return Take("]"u8);
    }

    private bool TakeMode(out ushort mode)
    {
        mode = 0;
        const int Digits = 4;
        if (!Take(", \"mode\": \""u8) || _rest.Length <= Digits || _rest[Digits] != (byte)'"')
        {
            return false;
        }

        foreach (byte digit in _rest[..Digits])
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            mode = (ushort)((mode << 3) | (digit - '0'));
        }

        _rest = _rest[(Digits + 1)..];
        return true;
    }

    private bool TakeDigest()
    {
        if (_rest.Length <= DigestDigits || _rest[DigestDigits] != (byte)'"' || !Digits.AreHexadecimal(_rest[..DigestDigits]))
        {
            return false;
        }

        _rest = _rest[(DigestDigits + 1)..];
        return true;
    }

    /// <summary>An integer in JSON's spelling, up to 18 digits and a sign, or 19 that fit.</summary>
    private bool TakeNumber(out long value)
    {
        bool isNegative = Take("-"u8);
        ulong number = 0;
        int length = 0;

        // At most twice: a third time would overflow.
        while (length < 16 && Digits.TryReadEight(_rest[length..], out uint eight))
        {
            number = (100_000_000 * number) + eight;
            length += 8;
        }

        while (length < _rest.Length && (uint)(_rest[length] - '0') <= 9)
        {
            number = (10 * number) + (uint)(_rest[length] - '0');
            if (++length > 19)
            {
                break;
            }
        }

        value = isNegative ? -(long)number : (long)number;
        bool taken = length is > 0 and <= 19 && number <= long.MaxValue && (_rest[0] != (byte)'0' || length == 1);
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>To the closing quote, and past it.</summary>
    private bool TakeString(out ReadOnlySpan<byte> value)
    {
        int end = _rest.IndexOfAny(s_ends);
        if (end < 0 || _rest[end] != (byte)'"')
        {
            value = default;
            return false;
        }

        value = _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }

    private bool Take(ReadOnlySpan<byte> expected)
    {
        if (!_rest.StartsWith(expected))
        {
            return false;
        }

        _rest = _rest[expected.Length..];
        return true;
    }
}

namespace Fptrace.Steps;

/// <summary>One pattern of a <see cref="GlobSet"/>.</summary>
/// <remarks>A large directory is matched name by name, so what the pattern says of the beginning, the end, and the last
/// name rules out what it can.</remarks>
internal sealed class GlobPattern
{
    private static ReadOnlySpan<byte> Special => "*?[]\\"u8;

    private readonly byte[] _bytes;
    private readonly int _beginning;
    private readonly int _end;
    private readonly bool _isLiteral;

    // Where its last name begins; -1 when that could match a slash.
    private readonly int _name;

    public GlobPattern(byte[] bytes)
    {
        _bytes = bytes;
        ReadOnlySpan<byte> pattern = bytes;
        int first = pattern.IndexOfAny(Special);
        int last = pattern.LastIndexOfAny(Special);
        _isLiteral = first < 0;
        _beginning = first < 0 ? bytes.Length : first;

        // A backslash makes the next character literal, and "**/" may stand for nothing.
        bool takesNext = last >= 0 && last + 1 < bytes.Length
            && (bytes[last] == (byte)'\\' || (bytes[last] == (byte)'*' && bytes[last + 1] == (byte)'/'));
        _end = last + (takesNext ? 2 : 1);
        int name = pattern.LastIndexOf((byte)'/') + 1;
        _name = pattern[..name].Contains((byte)'[') || pattern[name..].IndexOf("**"u8) >= 0 ? -1 : name;
    }

    /// <summary>Whether a text that begins like this one may match.</summary>
    public bool MayBeginWith(ReadOnlySpan<byte> text) => text.StartsWith(_bytes.AsSpan(0, _beginning));

    public bool Matches(ReadOnlySpan<byte> text) =>
        _isLiteral
            ? text.SequenceEqual(_bytes)
            : MayBeginWith(text) && text.EndsWith(_bytes.AsSpan(_end)) && MayHaveName(text) && Match(_bytes, text);

    private bool MayHaveName(ReadOnlySpan<byte> text) =>
        _name <= 0 || Match(_bytes.AsSpan(_name), text[(text.LastIndexOf((byte)'/') + 1)..]);

    /// <summary>Matches without a look at the literal ends.</summary>
    /// <remarks>Backtracks only to the last "*" and the last "**". This is linear with one star and quadratic at
    /// worst.</remarks>
    internal static bool Match(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        int p = 0, t = 0, star = -1, starText = 0, deep = -1, deepText = 0;
        bool deepTakesNames = false;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == (byte)'*')
            {
                if (p + 1 < pattern.Length && pattern[p + 1] == (byte)'*')
                {
                    p += 2;

                    // "a/**/b" also matches "a/b", and not "a/xb": it stands for whole names.
                    deepTakesNames = p < pattern.Length && pattern[p] == (byte)'/'
                        && (p == 2 || pattern[p - 3] == (byte)'/');
                    p += deepTakesNames ? 1 : 0;
                    (deep, deepText, star) = (p, t, -1);
                }
                else
                {
                    (star, starText) = (++p, t);
                }

                continue;
            }

            if (p < pattern.Length && MatchOne(pattern, ref p, text[t]))
            {
                t++;
                continue;
            }

            if (star >= 0 && text[starText] != (byte)'/')
            {
                (p, t) = (star, ++starText);
                continue;
            }

            if (deep < 0)
            {
                return false;
            }

            int further = deepTakesNames ? text[deepText..].IndexOf((byte)'/') : 0;
            if (further < 0)
            {
                return false;
            }

            deepText += further + 1;
            (p, t, star) = (deep, deepText, -1);
        }

        while (p < pattern.Length && pattern[p] == (byte)'*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool MatchOne(ReadOnlySpan<byte> pattern, ref int p, byte value)
    {
        switch (pattern[p])
        {
            case (byte)'?' when value != (byte)'/':
                p++;
                return true;
            case (byte)'[' when MatchSet(pattern, p, value, out int end) is bool inSet:
                p = inSet ? end : p;
                return inSet;
            case (byte)'\\' when p + 1 < pattern.Length:
                bool escaped = pattern[p + 1] == value;
                p += escaped ? 2 : 0;
                return escaped;
            default:
                bool same = pattern[p] == value;
                p += same ? 1 : 0;
                return same;
        }
    }

    // Null when no bracket closes the set: then "[" is an ordinary character.
    private static bool? MatchSet(ReadOnlySpan<byte> pattern, int p, byte value, out int end)
    {
        end = p;
        int at = p + 1;
        bool negated = at < pattern.Length && (pattern[at] is (byte)'!' or (byte)'^');
        at += negated ? 1 : 0;
        bool found = false;
        for (int first = at; at < pattern.Length; at++)
        {
            if (pattern[at] == (byte)']' && at > first)
            {
                end = at + 1;
                return found != negated && value != (byte)'/';
            }

            byte low = pattern[at];
            byte high = low;
            if (at + 2 < pattern.Length && pattern[at + 1] == (byte)'-' && pattern[at + 2] != (byte)']')
            {
                high = pattern[at + 2];
                at += 2;
            }

            found |= value >= low && value <= high;
        }

        return null;
    }
}

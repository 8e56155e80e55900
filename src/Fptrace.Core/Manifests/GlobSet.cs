using System.Text;

namespace Fptrace.Manifests;

/// <summary>Patterns for paths. A pattern without a slash matches a name at any depth, one with a slash the whole path; what lies below a match matches too.</summary>
/// <remarks>
/// <c>*</c> and <c>?</c> stop at a slash, <c>**</c> does not, <c>[a-z]</c> and <c>[!a-z]</c> are sets, a backslash takes the next character as it is.
/// Relative patterns are matched against stored paths below the root, absolute ones against those elsewhere.
/// </remarks>
public sealed class GlobSet
{
    private readonly List<byte[]> _names = [];
    private readonly List<byte[]> _paths = [];

    public GlobSet(IEnumerable<string> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        foreach (string pattern in patterns)
        {
            // "./name" is the name in the root alone.
            bool rooted = pattern.StartsWith("./", StringComparison.Ordinal);
            string trimmed = rooted ? pattern[2..] : pattern;
            bool whole = rooted || trimmed.TrimEnd('/').Contains('/', StringComparison.Ordinal);
            trimmed = trimmed.Length > 1 ? trimmed.TrimEnd('/') : trimmed;
            (whole ? _paths : _names).Add(Encoding.UTF8.GetBytes(trimmed));
        }
    }

    /// <summary>The pattern that matches this text alone.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pattern = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            _ = (c is '*' or '?' or '[' or '\\' ? pattern.Append('\\') : pattern).Append(c);
        }

        return pattern.ToString();
    }

    public bool IsEmpty => _names.Count == 0 && _paths.Count == 0;

    /// <param name="path">In stored form.</param>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        if (IsEmpty)
        {
            return false;
        }

        int start = 0;
        while (start <= path.Length)
        {
            int slash = path[start..].IndexOf((byte)'/');
            int end = slash < 0 ? path.Length : start + slash;
            if (end > start && (AnyMatches(_names, path[start..end]) || AnyMatches(_paths, path[..end])))
            {
                return true;
            }

            start = end + 1;
        }

        return false;
    }

    private static bool AnyMatches(List<byte[]> patterns, ReadOnlySpan<byte> text)
    {
        foreach (byte[] pattern in patterns)
        {
            if (Match(pattern, text))
            {
                return true;
            }
        }

        return false;
    }

    // Backtracks to the last star alone, and to the last double star: linear for one, quadratic at worst.
    private static bool Match(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        int p = 0, t = 0, star = -1, starText = 0, deep = -1, deepText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == (byte)'*')
            {
                if (p + 1 < pattern.Length && pattern[p + 1] == (byte)'*')
                {
                    p += 2;

                    // "a/**/b" also is "a/b".
                    p += p < pattern.Length && pattern[p] == (byte)'/' && (p == 2 || pattern[p - 3] == (byte)'/') ? 1 : 0;
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

            (p, t, star) = (deep, ++deepText, -1);
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

    // Null when the bracket is never closed: then it is a bracket.
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

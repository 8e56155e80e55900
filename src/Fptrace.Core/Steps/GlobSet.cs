using System.Text;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>A set of patterns for paths.</summary>
/// <remarks>
/// A pattern without a slash matches a name at any depth, one with a slash the whole path. Everything below a match
/// matches, too. <c>*</c> and <c>?</c> stop at a slash, <c>**</c> does not. <c>[a-z]</c> and <c>[!a-z]</c> are sets,
/// and a backslash takes the next character literally. Relative patterns match stored paths below the root, absolute
/// patterns those outside.
/// </remarks>
public sealed class GlobSet
{
    private readonly IEnumerable<string> _patterns;
    private readonly IEnumerable<string> _exactPatterns;
    private readonly Lock _gate = new();
    private Parts? _parts;

    /// <param name="patterns">Everything below a match matches, too. They are parsed at the first use.</param>
    public GlobSet(IEnumerable<string> patterns)
        : this(patterns, [])
    {
    }

    /// <param name="patterns">Everything below a match matches, too. They are parsed at the first use.</param>
    /// <param name="exact">Nothing below a match matches.</param>
    public GlobSet(IEnumerable<string> patterns, IEnumerable<string> exact)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(exact);
        _patterns = patterns;
        _exactPatterns = exact;
    }

    /// <summary>A pattern that matches this text only.</summary>
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

    /// <summary>
    /// Replaces <c>~</c>, <c>$HOME</c> or <c>${HOME}</c> at the start of a pattern by the home directory.
    /// </summary>
    ///
    /// <param name="pattern">The pattern, as the user wrote it.</param>
    /// <param name="home">Absolute; empty where there is none.</param>
    public static string ExpandHome(string pattern, ByteString home)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (home.IsEmpty)
        {
            return pattern;
        }

        foreach (string start in (ReadOnlySpan<string>)["~", "$HOME", "${HOME}"])
        {
            if (pattern.StartsWith(start, StringComparison.Ordinal)
                && (pattern.Length == start.Length || pattern[start.Length] == '/'))
            {
                return Escape(home.ToString()) + pattern[start.Length..];
            }
        }

        return pattern;
    }

    public bool IsEmpty => Known is { Names.Count: 0, Paths.Count: 0, ExactNames.Count: 0, ExactPaths.Count: 0 };

    private Parts Known
    {
        get
        {
            lock (_gate)
            {
                return _parts ??= Parse();
            }
        }
    }

    /// <param name="path">A path in its stored form.</param>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        Parts parts = Known;
        if (AnyMatches(parts.ExactNames, path[(path.LastIndexOf((byte)'/') + 1)..])
            || AnyMatches(parts.ExactPaths, path))
        {
            return true;
        }

        foreach (byte[] pattern in parts.Paths)
        {
            if (MayMatch(pattern, path) && AnyEndMatches(pattern, path))
            {
                return true;
            }
        }

        int start = 0;
        while (start <= path.Length && parts.Names.Count > 0)
        {
            int slash = path[start..].IndexOf((byte)'/');
            int end = slash < 0 ? path.Length : start + slash;
            if (end > start && AnyMatches(parts.Names, path[start..end]))
            {
                return true;
            }

            start = end + 1;
        }

        return false;
    }

    private Parts Parse()
    {
        var parts = new Parts([], [], [], []);
        Parse(_patterns, parts.Names, parts.Paths);
        Parse(_exactPatterns, parts.ExactNames, parts.ExactPaths);
        return parts;
    }

    private static void Parse(IEnumerable<string> patterns, List<byte[]> names, List<byte[]> paths)
    {
        foreach (string pattern in patterns)
        {
            // "./name" means the name in the root only.
            bool rooted = pattern.StartsWith("./", StringComparison.Ordinal);
            string trimmed = rooted ? pattern[2..] : pattern;
            bool whole = rooted || pattern == "/" || trimmed.TrimEnd('/').Contains('/', StringComparison.Ordinal);
            trimmed = trimmed.Length > 1 ? trimmed.TrimEnd('/') : trimmed;
            (whole ? paths : names).Add(Encoding.UTF8.GetBytes(trimmed));
        }
    }

    /// <summary>A cheap test by the pattern's literal beginning, which rules out most patterns.</summary>
    private static bool MayMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> path)
    {
        int special = pattern.IndexOfAny("*?[\\"u8);
        return path.StartsWith(special < 0 ? pattern : pattern[..special]);
    }

    private static bool AnyEndMatches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> path)
    {
        for (int end = 0; end < path.Length; end++)
        {
            int slash = path[(end + 1)..].IndexOf((byte)'/');
            end = slash < 0 ? path.Length : end + 1 + slash;
            if (Match(pattern, path[..end]))
            {
                return true;
            }
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

    // Backtracks only to the last "*" and the last "**". This is linear with one star and quadratic at worst.
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

                    // "a/**/b" also matches "a/b".
                    p += p < pattern.Length && pattern[p] == (byte)'/' && (p == 2 || pattern[p - 3] == (byte)'/')
                        ? 1
                        : 0;
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

    private sealed record Parts(List<byte[]> Names, List<byte[]> Paths, List<byte[]> ExactNames,
        List<byte[]> ExactPaths);
}

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

        foreach (GlobPattern pattern in parts.Paths)
        {
            if (pattern.MayBeginWith(path) && AnyEndMatches(pattern, path))
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

    private static void Parse(IEnumerable<string> patterns, List<GlobPattern> names, List<GlobPattern> paths)
    {
        foreach (string pattern in patterns)
        {
            // "./name" means the name in the root only.
            bool rooted = pattern.StartsWith("./", StringComparison.Ordinal);
            string trimmed = rooted ? pattern[2..] : pattern;
            bool whole = rooted || pattern == "/" || trimmed.TrimEnd('/').Contains('/', StringComparison.Ordinal);
            trimmed = trimmed.Length > 1 ? trimmed.TrimEnd('/') : trimmed;
            (whole ? paths : names).Add(new GlobPattern(Encoding.UTF8.GetBytes(trimmed)));
        }
    }

    private static bool AnyEndMatches(GlobPattern pattern, ReadOnlySpan<byte> path)
    {
        for (int end = 0; end < path.Length; end++)
        {
            int slash = path[(end + 1)..].IndexOf((byte)'/');
            end = slash < 0 ? path.Length : end + 1 + slash;
            if (pattern.Matches(path[..end]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyMatches(List<GlobPattern> patterns, ReadOnlySpan<byte> text)
    {
        foreach (GlobPattern pattern in patterns)
        {
            if (pattern.Matches(text))
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Parts(List<GlobPattern> Names, List<GlobPattern> Paths, List<GlobPattern> ExactNames,
        List<GlobPattern> ExactPaths);
}

using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>The variables of the environment that count, and their values at one moment.</summary>
public static class TrackedEnvironment
{
    /// <summary>Always tracked: what decides which programs run, how they speak, and where compilers look without being told.</summary>
    public static IReadOnlyList<string> Defaults { get; } =
    [
        "AR", "AS", "CC", "CFLAGS", "COMPILER_PATH", "CPATH", "CPLUS_INCLUDE_PATH", "CPP", "CPPFLAGS", "CXX", "CXXFLAGS", "C_INCLUDE_PATH",
        "GCC_EXEC_PREFIX", "LANG", "LANGUAGE", "LC_*", "LD", "LDFLAGS", "LD_*", "LIBRARY_PATH", "OBJC_INCLUDE_PATH", "PATH",
        "SOURCE_DATE_EPOCH", "TZ",
    ];

    /// <summary>Whether a name may be tracked: no '=', no NUL, '*' at the end only.</summary>
    public static bool IsValidName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int star = name.IndexOf('*', StringComparison.Ordinal);
        return name.Length > 0 && name.AsSpan().IndexOfAny('=', '\0') < 0 && (star < 0 || star == name.Length - 1);
    }

    /// <summary>Digests of the tracked variables, sorted by name. A variable that is not set has null; a pattern stands for those that are set.</summary>
    /// <param name="environment">Entries NAME=VALUE.</param>
    /// <param name="more">Names besides the defaults.</param>
    public static IReadOnlyList<EnvironmentDigest> Digest(IReadOnlyList<ByteString> environment, IReadOnlyList<string> more)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(more);
        Dictionary<string, string?> digests = Unset(more, out List<string> prefixes);
        foreach (ByteString entry in environment)
        {
            int equals = entry.Span.IndexOf((byte)'=');
            if (equals > 0 && new ByteString(entry.Span[..equals]).ToString() is var name && Takes(digests, prefixes, name))
            {
                digests[name] = TextDigest.Of(entry.Span[(equals + 1)..]);
            }
        }

        return Sorted(digests);
    }

    /// <summary>The same of an environment in text, as of <see cref="Environment.GetEnvironmentVariables()"/>.</summary>
    public static IReadOnlyList<EnvironmentDigest> Digest(IEnumerable<KeyValuePair<string, string?>> environment, IReadOnlyList<string> more)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(more);
        Dictionary<string, string?> digests = Unset(more, out List<string> prefixes);
        foreach ((string name, string? value) in environment)
        {
            if (Takes(digests, prefixes, name))
            {
                digests[name] = TextDigest.Of(value ?? "");
            }
        }

        return Sorted(digests);
    }

    private static Dictionary<string, string?> Unset(IReadOnlyList<string> more, out List<string> prefixes)
    {
        var digests = new Dictionary<string, string?>(StringComparer.Ordinal);
        prefixes = [];
        foreach (string name in Defaults.Concat(more))
        {
            if (name.EndsWith('*'))
            {
                prefixes.Add(name[..^1]);
            }
            else
            {
                digests[name] = null;
            }
        }

        return digests;
    }

    /// <summary>As getenv(3): of two entries the first counts.</summary>
    private static bool Takes(Dictionary<string, string?> digests, List<string> prefixes, string name) =>
        digests.TryGetValue(name, out string? known) ? known is null : prefixes.Exists(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static EnvironmentDigest[] Sorted(Dictionary<string, string?> digests)
    {
        // Of names alone: no native code is at hand for sorted pairs, and every check begins here.
        string[] names = [.. digests.Keys];
        Array.Sort(names, StringComparer.Ordinal);
        return Array.ConvertAll(names, name => new EnvironmentDigest(name, digests[name]));
    }
}

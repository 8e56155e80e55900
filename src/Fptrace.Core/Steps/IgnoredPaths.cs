using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>The paths that no step depends on, together with those that one step ignores.</summary>
internal static class IgnoredPaths
{
    /// <summary>The ending of files that fptrace writes and then renames into place.</summary>
    public const string TemporaryEnding = ".fptrace-tmp";

    /// <summary>The ending of lock files, by which runs of a step exclude each other.</summary>
    public const string LockEnding = ".fptrace-lock";

    /// <summary>
    /// The ending that a manifest of this version gets if another version keeps its manifest in the user's file.
    /// </summary>
    public const string VersionEnding = ".fptrace-v";

    private static readonly string[] s_always =
    [
        StateDirectory.Name, "*" + TemporaryEnding, "*" + LockEnding, "*" + VersionEnding + "[0-9]*", "/proc", "/sys",

        // All of /dev except /dev/shm, which holds ordinary files.
        "/dev/[!s]*", "/dev/s", "/dev/s[!h]*", "/dev/sh", "/dev/sh[!m]*", "/dev/shm?*",
    ];

    /// <summary>The paths that do not count at all.</summary>
    public static GlobSet Of(StepIdentity step) => Of(step, IgnoredAs.All);

    /// <summary>The paths that do not count as names in a listing.</summary>
    public static GlobSet AsNames(StepIdentity step) => Of(step, IgnoredAs.Name);

    /// <summary>The paths that do not count as outputs.</summary>
    public static GlobSet AsOutputs(StepIdentity step) => Of(step, IgnoredAs.Output);

    /// <summary>The directories whose names do not count when the step lists them.</summary>
    public static GlobSet AsListings(StepIdentity step) =>
        new([],
            step.IgnoreListing.SelectMany(pattern => pattern == ".." ? Above(step.Root) : [Local(pattern, step.Root)]));

    private static GlobSet Of(StepIdentity step, IgnoredAs kind)
    {
        return new(s_always.Concat(step.Ignore.Select(pattern => Local(pattern, step.Root)))
            .Concat(Default(isExact: false)), Default(isExact: true));

        // Lazy, because few runs ask for it.
        IEnumerable<string> Default(bool isExact)
        {
            if (step.DefaultIgnores != DefaultIgnores.Version)
            {
                yield break;
            }

            foreach (DefaultIgnore entry in DefaultIgnores.All)
            {
                bool isHome = entry.Pattern.StartsWith("~/", StringComparison.Ordinal);
                if (entry.IsExact == isExact && (entry.As & kind) == kind && !(isHome && step.Home.IsEmpty))
                {
                    yield return isHome || entry.Pattern[0] == '/'
                        ? Local(GlobSet.ExpandHome(entry.Pattern, step.Home), step.Root)
                        : entry.Pattern;
                }
            }
        }
    }

    /// <summary>A pattern below the root, made relative to it, as stored paths are.</summary>
    private static string Local(string pattern, ByteString root)
    {
        if (!pattern.StartsWith('/') || root.Length <= 1)
        {
            return pattern;
        }

        string top = root.ToString();
        foreach (string start in (ReadOnlySpan<string>)[GlobSet.Escape(top), top])
        {
            if (pattern.StartsWith(start, StringComparison.Ordinal) && pattern.Length > start.Length + 1
                && pattern[start.Length] == '/')
            {
                return "./" + pattern[(start.Length + 1)..];
            }
        }

        return pattern;
    }

    private static IEnumerable<string> Above(ByteString root)
    {
        string at = root.ToString();
        while (at.Length > 1)
        {
            int slash = at.LastIndexOf('/');
            at = slash <= 0 ? "/" : at[..slash];
            yield return GlobSet.Escape(at);
        }
    }
}

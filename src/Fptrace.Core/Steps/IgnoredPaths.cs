using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What is neither input nor output of any step, and what a step ignores besides.</summary>
internal static class IgnoredPaths
{
    /// <summary>What ends the names of files that fptrace puts in place by renaming them.</summary>
    public const string TemporaryEnding = ".fptrace-tmp";

    /// <summary>What ends the names of files by which runs of a step exclude each other.</summary>
    public const string LockEnding = ".fptrace-lock";

    /// <summary>What ends the name of a manifest of this version, where another version keeps one under the name that
    /// the user gave.</summary>
    public const string VersionEnding = ".fptrace-v";

    private static readonly string[] s_always =
    [
        StateDirectory.Name, "*" + TemporaryEnding, "*" + LockEnding, "*" + VersionEnding + "[0-9]*", "/proc", "/sys",

        // All of /dev but /dev/shm, where files are files like others.
        "/dev/[!s]*", "/dev/s", "/dev/s[!h]*", "/dev/sh", "/dev/sh[!m]*", "/dev/shm?*",
    ];

    /// <summary>Paths of which nothing counts.</summary>
    public static GlobSet Of(StepIdentity step) => Of(step, IgnoredAs.All);

    /// <summary>These, and others that do not count as names of a listing.</summary>
    public static GlobSet AsNames(StepIdentity step) => Of(step, IgnoredAs.Name);

    /// <summary>These, and others that do not count as work of the step.</summary>
    public static GlobSet AsOutputs(StepIdentity step) => Of(step, IgnoredAs.Output);

    /// <summary>Directories of which it does not count what is in them, as far as it was only listed.</summary>
    public static GlobSet AsListings(StepIdentity step) =>
        new([],
            step.IgnoreListing.SelectMany(pattern => pattern == ".." ? Above(step.Root) : [Local(pattern, step.Root)]));

    private static GlobSet Of(StepIdentity step, IgnoredAs kind)
    {
        return new(s_always.Concat(step.Ignore.Select(pattern => Local(pattern, step.Root)))
            .Concat(Default(isExact: false)), Default(isExact: true));

        // Asked for late, and by few.
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

    /// <summary>Paths below the root are stored, and matched, relative to it.</summary>
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

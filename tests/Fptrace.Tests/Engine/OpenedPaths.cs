using System.Text.RegularExpressions;

namespace Fptrace.Engine;

/// <summary>Makes the opens of two runs comparable.</summary>
internal static partial class OpenedPaths
{
    /// <summary>Real paths of files, with one name for each temporary one; no directories, devices or /proc.</summary>
    public static IReadOnlySet<string> Normalise(IEnumerable<string> paths)
    {
        string[] files = [.. paths.Distinct().Where(path => !path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/proc/", StringComparison.Ordinal))];
        CommandResult real = CommandRunner.Run("/", ["realpath", "-m", "--", .. files]);
        return real.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(path => !Directory.Exists(path))
            .Select(path => Temporary.Replace(path, "$1XXXXXX"))
            .ToHashSet();
    }

    // gcc's are /tmp/ccAbCdEf.s, ar's stAbCdEf.
    [GeneratedRegex(@"(/cc|/st|/GmIn|/GmOut)[A-Za-z0-9]{6}(?=[./]|$)")]
    private static partial Regex Temporary { get; }
}

using System.Text.RegularExpressions;

namespace Fptrace.Engine;

/// <summary>The files that <c>strace -f -y -e trace=open,openat,openat2,creat</c> saw opened.</summary>
internal sealed partial record StraceLog(IReadOnlySet<string> Read, IReadOnlySet<string> Written)
{
    public static StraceLog Parse(string file, string directory)
    {
        var read = new List<string>();
        var written = new List<string>();
        var unfinished = new Dictionary<string, string>();
        foreach (string line in File.ReadLines(file))
        {
            string process = line[..line.IndexOf(' ', StringComparison.Ordinal)];
            string call = line[process.Length..].TrimStart();

            // A call that another process interrupted in the log comes in two lines.
            if (call.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                unfinished[process] = call[..^"<unfinished ...>".Length];
                continue;
            }

            if (call.StartsWith("<... ", StringComparison.Ordinal))
            {
                call = unfinished[process] + call[(call.IndexOf("resumed>", StringComparison.Ordinal) + "resumed>".Length)..];
            }

            if (Opened.Match(call) is { Success: true } match && !call.Contains("O_PATH", StringComparison.Ordinal) && !call.Contains("O_DIRECTORY", StringComparison.Ordinal))
            {
                bool writes = call.StartsWith("creat(", StringComparison.Ordinal) || call.Contains("O_WRONLY", StringComparison.Ordinal) || call.Contains("O_RDWR", StringComparison.Ordinal);
                (writes ? written : read).Add(match.Groups["path"].Value);
            }
        }

        Assert.True(read.Count > 20 && written.Exists(path => path.StartsWith(directory, StringComparison.Ordinal)), "the witness saw nothing");
        return new StraceLog(OpenedPaths.Normalise(read), OpenedPaths.Normalise(written));
    }

    [GeneratedRegex(@"^(open|openat|openat2|creat)\(.*\) += \d+<(?<path>/.*)>$")]
    private static partial Regex Opened { get; }
}

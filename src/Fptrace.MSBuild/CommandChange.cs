namespace Fptrace.MSBuild;

/// <summary>Describes how a command differs from the one that the same task ran before.</summary>
internal static class CommandChange
{
    private const int Longest = 60;

    /// <summary>The words that differ, as <c>the command changed: OLD → NEW</c>.</summary>
    /// <param name="old">The command or its digest, as the manifest holds it.</param>
    /// <param name="now">The same for the step that is about to run.</param>
    public static string Describe(string old, string now)
    {
        const string Changed = "the command changed";
        if (IsDigest(old) || IsDigest(now))
        {
            return Changed;
        }

        string[] before = Words(old);
        string[] after = Words(now);
        int start = 0;
        while (start < before.Length && start < after.Length && before[start] == after[start])
        {
            start++;
        }

        int end = 0;
        while (end < before.Length - start && end < after.Length - start && before[^(end + 1)] == after[^(end + 1)])
        {
            end++;
        }

        string removed = Shorten(before[start..^end]);
        string added = Shorten(after[start..^end]);
        return removed.Length == 0 && added.Length == 0 ? Changed + " in its spaces"
            : removed.Length == 0 ? $"{Changed}: added {added}"
            : added.Length == 0 ? $"{Changed}: removed {removed}"
            : $"{Changed}: {removed} → {added}";
    }

    /// <summary>Whether a command is stored as a digest, because it is secret or too long.</summary>
    private static bool IsDigest(string command) => command.StartsWith(TracedStep.DigestMark, StringComparison.Ordinal);

    private static string[] Words(string command) =>
        command.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string Shorten(string[] words)
    {
        string text = string.Join(' ', words);
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }
}

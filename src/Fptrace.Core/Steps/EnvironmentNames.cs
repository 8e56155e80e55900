namespace Fptrace.Steps;

/// <summary>Matches names of variables against a user's patterns, in which a final '*' stands for any ending.</summary>
internal static class EnvironmentNames
{
    public static bool Matches(string pattern, string name) =>
        pattern.Length > 0 && pattern[^1] == '*'
            ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1))
            : pattern == name;

    public static bool MatchesAny(IReadOnlyList<string> patterns, string name)
    {
        for (int i = 0; i < patterns.Count; i++)
        {
            if (Matches(patterns[i], name))
            {
                return true;
            }
        }

        return false;
    }
}

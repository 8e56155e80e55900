namespace Fptrace.Commands.CommandLine;

/// <summary>Guesses the word that the user meant.</summary>
internal static class Spelling
{
    /// <summary>
    /// Finds the nearest candidate; null when its edit distance is more than a third of the word's length.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = (Math.Max(word.Length, 3) / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(word, candidate);
            if (distance < bestDistance && distance < candidate.Length)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>How many letters were left out, added, mistaken, or exchanged with the next one.</summary>
    private static int Distance(string a, string b)
    {
        int[] beforeLast = [];
        int[] last = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int same = char.ToLowerInvariant(a[i - 1]) == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(last[j - 1] + same, 1 + Math.Min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[^1];
    }
}

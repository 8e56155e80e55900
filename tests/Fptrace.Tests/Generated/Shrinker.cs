namespace Fptrace.Generated;

/// <summary>Takes steps out of a case that fails as long as it goes on failing.</summary>
internal static class Shrinker
{
    private const int MostRuns = 400;

    /// <param name="steps">Fails.</param>
    /// <param name="fails">Whether a case fails.</param>
    public static IReadOnlyList<Step> Shrink(IReadOnlyList<Step> steps, Func<IReadOnlyList<Step>, bool> fails)
    {
        int runs = 0;
        bool smaller;
        do
        {
            smaller = false;
            for (int size = Math.Max(steps.Count / 2, 1); size > 0 && !smaller; size /= 2)
            {
                foreach (IReadOnlyList<Step> candidate in Without(steps, size))
                {
                    if (++runs > MostRuns)
                    {
                        return steps;
                    }

                    if (fails(candidate))
                    {
                        steps = candidate;
                        smaller = true;
                        break;
                    }
                }
            }
        }
        while (smaller);
        return steps;
    }

    // The tail goes first: what comes after the failure explains nothing.
    private static IEnumerable<IReadOnlyList<Step>> Without(IReadOnlyList<Step> steps, int size)
    {
        for (int i = steps.Count - size; i >= 0; i -= size)
        {
            yield return [.. steps.Take(i), .. steps.Skip(i + size)];
        }

        if (size > 1)
        {
            yield break;
        }

        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i].Block is not { } block)
            {
                continue;
            }

            yield return [.. steps.Take(i), .. block, .. steps.Skip(i + 1)];
            foreach (IReadOnlyList<Step> inner in Without(block, 1))
            {
                yield return [.. steps.Take(i), steps[i] with { Block = inner }, .. steps.Skip(i + 1)];
            }
        }
    }
}

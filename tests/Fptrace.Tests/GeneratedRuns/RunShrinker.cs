using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>Makes a case in which a skip is wrong smaller: fewer changes, fewer steps, less of a world.</summary>
internal static class RunShrinker
{
    public static (RunCase Case, IReadOnlyList<Change> Changes) Shrink(RunCase what, IReadOnlyList<Change> changes,
        Func<RunCase, IReadOnlyList<Change>, bool> fails)
    {
        for (bool isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            for (int i = changes.Count - 1; i >= 0; i--)
            {
                Change[] fewer = [.. changes.Where((_, at) => at != i)];
                if (fails(what, fewer))
                {
                    (changes, isSmaller) = (fewer, true);
                }
            }

            IReadOnlyList<Step> steps = Shrinker.Shrink(what.Steps,
                candidate => fails(what with { Steps = candidate }, changes));
            isSmaller |= steps != what.Steps;
            what = what with { Steps = steps };
            foreach (string path in what.World.Nodes.Keys.Where(path => path.Contains('/', StringComparison.Ordinal))
                .Reverse())
            {
                RunCase smaller = what with { World = what.World.With([new(path, null)]) };
                if (fails(smaller, changes))
                {
                    (what, isSmaller) = (smaller, true);
                }
            }
        }

        return (what, changes);
    }
}

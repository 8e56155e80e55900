using System.Collections.Concurrent;

namespace Fptrace.GeneratedRuns;

/// <summary>Many cases, several at once.</summary>
/// <param name="blindness">What the tool is kept from knowing.</param>
/// <param name="hasCache">The tool has a cache.</param>
internal sealed class RunCampaign(Blindness blindness, bool hasCache = false)
{
    /// <summary>Changes of a case.</summary>
    public const int Rounds = 4;

    public ConcurrentDictionary<ulong, IReadOnlyList<RoundResult>> Results { get; } = new();

    /// <summary>The seeds of the cases in which a skip was wrong, sorted.</summary>
    public IReadOnlyList<ulong> Wrong => Those(result => result.Wrong is not null);

    public IReadOnlyList<ulong> Needless => Those(result => result.IsNeedless);

    /// <summary>Plays one case.</summary>
    public static IReadOnlyList<RoundResult> Play(RunTrial trial, ulong seed)
    {
        var chance = new Chance(seed);
        RunCase what = new RunCaseGenerator(chance).Next();
        return trial.Play(what, [], new ChangeGenerator(chance, what.Steps, what.IsOrdinary), Rounds);
    }

    /// <param name="seed">Of the first case; the others follow.</param>
    /// <param name="cases">How many.</param>
    /// <param name="isEnough">Whether what was found suffices.</param>
    public void Run(ulong seed, int cases, Func<bool> isEnough)
    {
        int next = -1;
        Parallel.For(0, Environment.ProcessorCount,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, _ =>
        {
            using var trial = new RunTrial { Blindness = blindness, HasCache = hasCache };
            for (int i = Interlocked.Increment(ref next); i < cases && !isEnough(); i = Interlocked.Increment(ref next))
            {
                ulong own = seed + (ulong)i;
                Results[own] = Play(trial, own);
            }
        });
    }

    /// <summary>Plays a case again and makes it as small as it can be.</summary>
    public RunFinding Explain(ulong seed, Func<RoundResult, bool> isIt)
    {
        using var trial = new RunTrial { Blindness = blindness, HasCache = hasCache };
        var chance = new Chance(seed);
        RunCase what = new RunCaseGenerator(chance).Next();
        IReadOnlyList<RoundResult> results = trial.Play(what, [],
            new ChangeGenerator(chance, what.Steps, what.IsOrdinary), Rounds);
        IReadOnlyList<Change> changes = [.. results.Select(result => result.Change)];
        if (!results.Any(isIt))
        {
            return new RunFinding(seed, what, changes, "(only now and then)");
        }

        (what, changes) = RunShrinker.Shrink(what, changes,
            (smaller, fewer) => trial.Play(smaller, fewer, null, fewer.Count).Any(isIt));
        RoundResult? found = trial.Play(what, changes, null, changes.Count).FirstOrDefault(isIt);
        return new RunFinding(seed, what, changes, found?.Wrong ?? found?.Message ?? "(only now and then)");
    }

    private IReadOnlyList<ulong> Those(Func<RoundResult, bool> are) =>
        [.. Results.Where(pair => pair.Value.Any(are)).Select(pair => pair.Key).Order()];
}

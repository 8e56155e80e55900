using System.Globalization;
using Xunit.Abstractions;

namespace Fptrace.GeneratedRuns;

/// <summary>Random commands under <c>fptrace run</c>, and random changes of their world between the runs: what is skipped is what need not run.</summary>
/// <remarks>
/// FPTRACE_RUN_CASES raises the number of cases, FPTRACE_RUN_SEED takes others. A failure shows its seed and the smallest world, script and change with which
/// it still fails.
/// </remarks>
public sealed class RunPropertyTests(ITestOutputHelper output)
{
    private static int Cases { get; } = int.Parse(Environment.GetEnvironmentVariable("FPTRACE_RUN_CASES") ?? "150", CultureInfo.InvariantCulture);

    private static ulong Seed { get; } = ulong.Parse(Environment.GetEnvironmentVariable("FPTRACE_RUN_SEED") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>So many wrong skips are explained; the first one in CI.</summary>
    private static int Findings { get; } = int.Parse(Environment.GetEnvironmentVariable("FPTRACE_RUN_FINDINGS") ?? "1", CultureInfo.InvariantCulture);

    [SkippableFact]
    public void RandomCommands_AfterAChange_AreSkippedOnlyWhereTheyWouldDoTheSame()
    {
        var campaign = new RunCampaign();
        campaign.Run(Seed, Cases, () => Findings == 1 && campaign.Wrong.Count > 0);
        RoundResult[] rounds = [.. campaign.Results.Values.SelectMany(results => results)];
        RoundResult[] same = [.. rounds.Where(result => result.IsSame)];
        int skipped = same.Count(result => result.WasSkipped);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{campaign.Results.Count} cases from seed {Seed}, {rounds.Length} changes, {rounds.Count(result => result.WasSkipped)} skips, {skipped} of {same.Length} where nothing differed"));
        IReadOnlyList<ulong> wrong = campaign.Wrong;
        Assert.True(wrong.Count == 0, Explain(campaign, wrong, result => result.Wrong is not null));
        Assert.True(skipped * 100 >= same.Length * 95, Explain(campaign, campaign.Needless, result => result.IsNeedless));
    }

    private static string Explain(RunCampaign campaign, IReadOnlyList<ulong> seeds, Func<RoundResult, bool> isIt) => string.Create(
        CultureInfo.InvariantCulture,
        $"{seeds.Count} of {campaign.Results.Count} cases\n{string.Join("\n\n", seeds.Take(Findings).Select(seed => campaign.Explain(seed, isIt)))}");
}

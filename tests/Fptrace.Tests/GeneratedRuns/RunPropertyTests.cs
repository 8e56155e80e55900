using System.Globalization;
using Xunit.Abstractions;

namespace Fptrace.GeneratedRuns;

/// <summary>Random commands under <c>fptrace run</c>, and random changes of their world between the runs: what is
/// skipped is what need not run.</summary>
/// <remarks>
/// FPTRACE_RUN_CASES raises the number of cases, FPTRACE_RUN_SEED takes others. A failure shows its seed and the
/// smallest world, script and change with which it still fails.
/// </remarks>
public sealed class RunPropertyTests(ITestOutputHelper output)
{
    private const int MostUntilFound = 200;

    private static int Cases { get; } = Asked ?? 150;

    // A hit is compared with the command in more than one world, so a case takes longer.
    private static int CachedCases { get; } = Asked ?? 60;

    private static int? Asked => Environment.GetEnvironmentVariable("FPTRACE_RUN_CASES") is { } cases
        ? int.Parse(cases, CultureInfo.InvariantCulture)
        : null;

    private static ulong Seed { get; } = ulong.Parse(Environment.GetEnvironmentVariable("FPTRACE_RUN_SEED") ?? "1",
        CultureInfo.InvariantCulture);

    /// <summary>So many wrong skips are explained; the first one in CI.</summary>
    private static int Findings { get; } = int.Parse(Environment.GetEnvironmentVariable("FPTRACE_RUN_FINDINGS") ?? "1",
        CultureInfo.InvariantCulture);

    [SkippableFact]
    public void RandomCommands_AfterAChange_AreSkippedOnlyWhereTheyWouldDoTheSame()
    {
        var campaign = new RunCampaign(Blindness.None);
        campaign.Run(Seed, Cases, () => Findings == 1 && campaign.Wrong.Count > 0);
        RoundResult[] rounds = [.. campaign.Results.Values.SelectMany(results => results)];
        RoundResult[] same = [.. rounds.Where(result => result.IsSame)];
        int skipped = same.Count(result => result.WasSkipped);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{campaign.Results.Count} cases from seed {Seed}, {rounds.Length} changes, "
                + $"{rounds.Count(result => result.WasSkipped)} skips, "
                + $"{skipped} of {same.Length} where nothing differed"));
        IReadOnlyList<ulong> wrong = campaign.Wrong;
        Assert.True(wrong.Count == 0, Explain(campaign, wrong, result => result.Wrong is not null));
        Assert.True(skipped * 100 >= same.Length * 95,
            Explain(campaign, campaign.Needless, result => result.IsNeedless));
    }

    [SkippableFact]
    public void RandomCommands_WithACache_AreRestoredOnlyWhereTheyWouldDoTheSame()
    {
        var campaign = new RunCampaign(Blindness.None, hasCache: true);
        campaign.Run(Seed, CachedCases, () => Findings == 1 && campaign.Wrong.Count > 0);
        RoundResult[] rounds = [.. campaign.Results.Values.SelectMany(results => results)];
        int hits = rounds.Count(result => result.Message == "from the cache");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{campaign.Results.Count} cases from seed {Seed}, {rounds.Length} changes, "
                + $"{rounds.Count(result => result.WasSkipped) - hits} skips, {hits} hits"));
        Assert.True(campaign.Wrong.Count == 0, Explain(campaign, campaign.Wrong, result => result.Wrong is not null));
        Assert.True(hits * 100 >= rounds.Length * 5, $"{hits} hits after {rounds.Length} changes");
    }

    public static TheoryData<string> Blindnesses { get; } = [.. Blindness.All.Select(blindness => blindness.Name)];

    /// <summary>The test above sees: what the tool does not know leads to a wrong skip soon, and to none where the tool
    /// knows it.</summary>
    [SkippableTheory]
    [MemberData(nameof(Blindnesses))]
    public void Tool_ThatIsKeptFromKnowing_SkipsWrongly(string name)
    {
        var campaign = new RunCampaign(Blindness.All.Single(blindness => blindness.Name == name));
        using var seeing = new RunTrial();
        var asked = new HashSet<ulong>();
        bool isFound = false;
        campaign.Run(Seed, MostUntilFound, () =>
        {
            lock (seeing)
            {
                return isFound = isFound
                    || campaign.Wrong.Any(seed => asked.Add(seed)
                        && RunCampaign.Play(seeing, seed).All(result => result.Wrong is null));
            }
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {campaign.Results.Count} cases"));
        Assert.True(isFound, $"without {name} no skip is wrong in {campaign.Results.Count} cases");
    }

    private static string Explain(RunCampaign campaign, IReadOnlyList<ulong> seeds, Func<RoundResult, bool> isIt) =>
        string.Create(CultureInfo.InvariantCulture, $"{seeds.Count} of {campaign.Results.Count} cases\n")
        + string.Join("\n\n", seeds
            .DistinctBy(seed => campaign.Results[seed].First(isIt).Sort)
            .Take(Findings)
            .Select(seed => campaign.Explain(seed, isIt)));
}

namespace Fptrace.GeneratedRuns;

/// <summary>A case in which the tool skipped wrongly, as small as it could be made.</summary>
internal sealed record RunFinding(ulong Seed, RunCase Case, IReadOnlyList<Change> Changes, string Wrong)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
        seed {Seed}: {Wrong}
        {Case}
        {string.Join('\n', Changes.Select((change, i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"change {i + 1}: {change}")))}
        """);
}

using System.Text.RegularExpressions;
using Fptrace.MSBuild.Support;
using Fptrace.Support;

namespace Fptrace.MSBuild.Parity;

/// <summary>Exec and TracedExec run the same commands, and everybody who looks at the build sees the same.</summary>
[Collection(PackageCollection.Name)]
public sealed partial class ParityTests(ParityBuild build) : IClassFixture<ParityBuild>
{
    public static TheoryData<string> Names => [.. ParityTable.Rows.Select(row => row.Name)];

    public static TheoryData<string> SkippedNames =>
        [.. ParityTable.Rows.Where(row => row.Skips).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void TracedExec_RunsAsExec(string name)
    {
        Assert.NotEmpty(build.ByExec(Row(name)));
        Assert.Equal(ByStream(build.ByExec(Row(name))), ByStream(build.ByTracedExec(Row(name))));
    }

    [Theory]
    [MemberData(nameof(SkippedNames))]
    public void TracedExec_Skipped_ShowsWhatTheCommandPrinted(string name) =>
        Assert.Equal(ByStream(build.ByExec(Row(name)).Where(IsPrinted)),
            ByStream(build.BySecondTracedExec(Row(name)).Where(IsPrinted)));

    [Fact]
    public void TracedExec_ThatFailed_FailsAgain()
    {
        foreach (ParityRow row in ParityTable.Rows.Where(row => !row.Skips))
        {
            Assert.Equal(ByStream(build.ByExec(row)), ByStream(build.BySecondTracedExec(row)));
        }
    }

    [Fact]
    public void Documentation_ListsTheRows()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/msbuild.md"));
        string table = page[page.IndexOf("## Parity with Exec", StringComparison.Ordinal)..];
        Assert.Equal(ParityTable.Rows.Select(row => row.Name),
            TableRow().Matches(table).Select(match => match.Groups[1].Value.Trim())
                .Where(cell => cell is not "behaviour" and not "---"));
    }

    private static ParityRow Row(string name) => ParityTable.Rows.Single(row => row.Name == name);

    /// <summary>Exec reads stdout and stderr apart and keeps no order between them.</summary>
    private static IEnumerable<string> ByStream(IEnumerable<string> events) => events.Order(StringComparer.Ordinal);

    /// <summary>Not what is said about starting the command: the command line, and the variables that it
    /// gets.</summary>
    private static bool IsPrinted(string text) => !StartPattern().IsMatch(text);

    [GeneratedRegex(@"^\| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("^(Low: (Environment Variables passed|  \\w+=)|High: command line)")]
    private static partial Regex StartPattern();
}

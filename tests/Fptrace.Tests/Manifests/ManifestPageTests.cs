using System.Text.Json;
using System.Text.RegularExpressions;
using Fptrace.Commands.Steps;
using Fptrace.Steps;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>docs/manifests.md, the schema and the help keep up with the code.</summary>
public sealed class ManifestPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/manifests.md"));

    [Fact]
    public void Kinds_AllNamed() =>
        Assert.All(Enum.GetValues<ObservationKind>(),
            kind => Assert.Contains($"\n| `{kind.Name()}` |", Page, StringComparison.Ordinal));

    [Fact]
    public void TrackedVariables_AllNamed() =>
        Assert.All(TrackedEnvironment.Defaults, name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));

    /// <summary>Both ways: what the page lists in the words of the rule is a rule, too.</summary>
    [Fact]
    public void EnvironmentRules_AreThePages()
    {
        Assert.Contains($"so is the version of the lists below: {EnvironmentRules.Version}.", Page,
            StringComparison.Ordinal);
        Assert.Equal(Rules(EnvironmentPart.Withheld),
            Named("**A session's own variables**", "**Of these counts whether they are set.**"));
        Assert.Equal(Rules(EnvironmentPart.WhetherSet),
            Named("**Of these counts whether they are set.**", "A token is used over a network"));
        Assert.Superset(
            EnvironmentRules.All.Where(rule => rule.Part > EnvironmentPart.WhetherSet).Select(rule => rule.Name)
                .ToHashSet(StringComparer.Ordinal),
            Named("**Of these a part counts.**", "**All else counts whole.**"));
        Assert.All(CommandEnvironment.Constants,
            constant => Assert.Contains($"`{constant}`", Page, StringComparison.Ordinal));
        Assert.Equal(EnvironmentRules.All.Count, EnvironmentRules.All.DistinctBy(rule => rule.Name).Count());
    }

    /// <summary>They are searched as sorted lists.</summary>
    [Fact]
    public void EnvironmentRules_EachIsFound() =>
        Assert.All(EnvironmentRules.All,
            rule =>
                Assert.Equal(rule.Part,
                    EnvironmentRules.PartOf(rule.Name.Replace("*", "X", StringComparison.Ordinal))));

    [Fact]
    public void EnvironmentModes_AllNamed() =>
        Assert.All(Enum.GetValues<EnvironmentMode>(),
            mode => Assert.Matches($@"(?m)^\| `{mode.Name()}`( \(default\))? \|", Page));

    [Fact]
    public void FactsOfTheMachine_AllNamed() =>
        Assert.All(StepMachine.Current,
            fact => Assert.Matches($@"(?m)^\| .*`{fact.Split('=')[0]}`.* \| step, weak key \|", Page));

    [Fact]
    public void Schema_HasTheProperties()
    {
        using var schema =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs/fptrace.schema.json")));
        Assert.Equal(
            ConfigFile.Properties.Append("$schema").Order(StringComparer.Ordinal),
            schema.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name)
                .Order(StringComparer.Ordinal));
    }

    private static SortedSet<string> Rules(EnvironmentPart part) =>
        new(EnvironmentRules.All.Where(rule => rule.Part == part).Select(rule => rule.Name), StringComparer.Ordinal);

    /// <summary>The names of variables between two texts of the page.</summary>
    private static SortedSet<string> Named(string from, string to)
    {
        int start = Page.IndexOf(from, StringComparison.Ordinal);
        string part = Page[start..Page.IndexOf(to, start, StringComparison.Ordinal)];
        return new(
            Regex.Matches(part, @"`([A-Za-z_]\w*\*?)`").Select(match => match.Groups[1].Value)
                .Except(["True", "true", "bashrc"], StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}

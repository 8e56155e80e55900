using System.CommandLine;
using System.Text.Json;
using Fptrace.Commands;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>docs/manifests.md, the schema and the help keep up with the code.</summary>
public sealed class ManifestPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/manifests.md"));

    [Fact]
    public void Kinds_AllNamed() =>
        Assert.All(Enum.GetValues<ObservationKind>(), kind => Assert.Contains($"\n| `{kind.Name()}` |", Page, StringComparison.Ordinal));

    [Fact]
    public void TrackedVariables_AllNamed() =>
        Assert.All(TrackedEnvironment.Defaults, name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));

    [Fact]
    public void Options_AllInHelp() =>
        Assert.All(new RunOptionTable().ByName.Values.Distinct(), option => Assert.Matches($@"(?m)^ .*{option.Name}\b", RunHelp.Text));

    [Fact]
    public void OptionsOfCheck_AllInHelp() =>
        Assert.All(new CheckOptionTable().ByName.Values.Distinct(), option => Assert.Matches($@"(?m)^ .*{option.Name}\b", CheckHelp.Text));

    [Fact]
    public void OptionsOfCache_AllInHelp() =>
        Assert.All(new CacheOptionTable().ByName.Values.Distinct(), option => Assert.Matches($@"(?m)^ .*{option.Name}\b", CacheHelp.Text));

    [Fact]
    public void OptionsOfForget_AllInHelp() =>
        Assert.All(new ForgetOptionTable().ByName.Values.Distinct(), option => Assert.Matches($@"(?m)^ .*{option.Name}\b", ForgetHelp.Text));

    [Fact]
    public void FactsOfTheMachine_AllNamed() =>
        Assert.All(StepMachine.Current, fact => Assert.Matches($@"(?m)^\| .*`{fact.Split('=')[0]}`.* \| step, weak key \|", Page));

    [Fact]
    public void Schema_HasTheProperties()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs/fptrace.schema.json")));
        Assert.Equal(
            ConfigFile.Properties.Append("$schema").Order(StringComparer.Ordinal),
            schema.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }
}

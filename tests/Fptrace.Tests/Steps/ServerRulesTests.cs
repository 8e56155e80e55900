using System.Text;
using System.Text.RegularExpressions;
using Fptrace.Engine;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Support;

namespace Fptrace.Steps;

/// <summary>What the environment of a command tells known tools of servers, and what of that counts.</summary>
public sealed class ServerRulesTests : IDisposable
{
    private const string GradleOptions =
        "-Dorg.gradle.daemon=false -Dkotlin.compiler.execution.strategy=in-process "
            + "-Dorg.gradle.project.kotlin.compiler.execution.strategy=in-process";

    private readonly WorkDirectory _directory = new();

    public static TheoryData<string> Modes => [.. Enum.GetNames<EnvironmentMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void NothingSet_CommandIsToldAll_AndKeepTellsNothing(string mode)
    {
        StepIdentity step = Step() with { EnvironmentMode = Enum.Parse<EnvironmentMode>(mode) };
        string[] given = Given(step, "PATH=/bin");
        Assert.All(ServerRules.All.Where(rule => rule.Kind == ServerRuleKind.Variable),
            rule => Assert.Contains($"{rule.Name}={rule.Value}", given));
        Assert.Contains("GRADLE_OPTS=" + GradleOptions, given);
        Assert.Equal(["core.fsmonitor=false", "gc.autoDetach=false", "maintenance.autoDetach=false"], Settings(given));
        Assert.Equal(given.Length, given.Select(entry => entry.Split('=')[0]).Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(Given(step with { Servers = 0 }, "PATH=/bin"),
            entry => entry.StartsWith("MSBUILD", StringComparison.Ordinal)
                || entry.StartsWith("GIT_", StringComparison.Ordinal));
    }

    [Fact]
    public void VariableOfTheUsers_StaysAndCounts()
    {
        Assert.Contains("NX_DAEMON=true", Given(Step(), "NX_DAEMON=true"));
        Assert.DoesNotContain("NX_DAEMON=false", Given(Step(), "NX_DAEMON=true"));
        Assert.Contains("NX_DAEMON=", Given(Step(), "NX_DAEMON="));
        Assert.Equal(["NX_DAEMON"], Counted(Step(), "NX_DAEMON=true"));
        Assert.Equal(["NX_DAEMON"], Counted(Step(), "NX_DAEMON="));
    }

    [Fact]
    public void ValueThatTheCommandGetsAnyway_CountsOnlyWhereServersAreKept()
    {
        string[] same = ["MSBUILDDISABLENODEREUSE=1", "GRADLE_OPTS=" + GradleOptions];
        Assert.Empty(Counted(Step(), same));
        Assert.Equal(Given(Step()), Given(Step(), same));
        Assert.Equal(["GRADLE_OPTS", "MSBUILDDISABLENODEREUSE"], Counted(Step() with { Servers = 0 }, same));

        // Another entry of the same name is another environment, and what git calls a setting is no variable of ours.
        Assert.Equal(["core.fsmonitor"], Counted(Step(), "core.fsmonitor=false"));
        Assert.Equal(["NX_DAEMON"], Counted(Step(), "NX_DAEMON=false", "NX_DAEMON=true"));
    }

    [Theory]
    [InlineData("-Xmx2g", "-Xmx2g " + GradleOptions)]
    [InlineData("-Dorg.gradle.daemon=true",
        "-Dorg.gradle.daemon=true -Dkotlin.compiler.execution.strategy=in-process "
        + "-Dorg.gradle.project.kotlin.compiler.execution.strategy=in-process")]
    [InlineData("", " " + GradleOptions)]
    public void OptionsForJava_StandBehindTheUsers_UnlessHeHasThem(string users, string given)
    {
        Assert.Contains("GRADLE_OPTS=" + given, Given(Step(), "GRADLE_OPTS=" + users));
        Assert.Equal(["GRADLE_OPTS"], Counted(Step(), "GRADLE_OPTS=" + users));
    }

    [Fact]
    public void SettingsOfGit_StandBehindTheUsers_UnlessHeHasThem()
    {
        string[] given = Given(Step(), "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=user.name", "GIT_CONFIG_VALUE_0=n",
            "GIT_CONFIG_KEY_1=GC.autodetach", "GIT_CONFIG_VALUE_1=true", "GIT_CONFIG_KEY_2=stale",
            "GIT_CONFIG_VALUE_2=x");
        Assert.Equal(["user.name=n", "GC.autodetach=true", "core.fsmonitor=false", "maintenance.autoDetach=false"],
            Settings(given));
        Assert.Empty(Settings(Given(Step(), "GIT_CONFIG_COUNT=many")));
        Assert.Contains("GIT_CONFIG_COUNT=many", Given(Step(), "GIT_CONFIG_COUNT=many"));
        Assert.Equal(3, Settings(Given(Step(), "GIT_CONFIG_COUNT=")).Length);
    }

    /// <summary>git itself takes them so.</summary>
    [SkippableFact]
    public void Git_TakesTheSettings()
    {
        Requires.Program("git");
        using var scenario = new RunScenario("sh", "-c",
            "git config gc.autoDetach; git config user.name; git -c core.fsmonitor=true config core.fsmonitor")
        {
            Launcher = ["env", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=user.name", "GIT_CONFIG_VALUE_0=somebody"],
        };
        scenario.RunTwice();
        Assert.Equal("false\nsomebody\ntrue\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void Keep_IsAnotherStep_AndTheUsersValueAReason()
    {
        using var scenario = new RunScenario("sh", "-c",
            "echo $NX_DAEMON > out") { Launcher = ["env", "-u", "NX_DAEMON"] };
        scenario.RunTwice();
        Assert.Equal("false\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Launcher = ["env", "NX_DAEMON=false"];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Launcher = ["env", "NX_DAEMON=true"];
        scenario.RunsBecause("NX_DAEMON is now set");
        Assert.Equal("true\n", File.ReadAllText(scenario.Directory.Path("out")));

        scenario.Launcher = ["env", "-u", "NX_DAEMON"];
        scenario.Options = ["--servers", "keep"];
        scenario.RunsBecause("servers are now kept");
        Assert.Equal("\n", File.ReadAllText(scenario.Directory.Path("out")));
        scenario.Directory.Write("fptrace.json", "{ \"servers\": \"keep\" }");
        scenario.Options = [];
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Options = ["--servers=none"];
        scenario.RunsBecause("servers are no longer kept");
    }

    [Fact]
    public void UnknownWord_IsRefused()
    {
        using var scenario = new RunScenario("true") { Options = ["--servers", "some"] };
        CommandResult result = CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine);
        Assert.Equal((ExitCodes.Usage, "fptrace: --servers does not know 'some'; use none or keep\n"),
            (result.ExitCode, result.Error));
    }

    /// <summary>No name stands in two lists: what counts of it would be said twice.</summary>
    [Fact]
    public void Names_AreInNoOtherList()
    {
        Assert.All(ServerRules.All, rule => Assert.Equal(EnvironmentPart.Whole, EnvironmentRules.PartOf(rule.Name)));
        Assert.Equal(ServerRules.All.Count,
            ServerRules.All.DistinctBy(rule => rule.Kind == ServerRuleKind.JavaProperty
                ? rule.Value
                : rule.Name).Count());
    }

    /// <summary>docs/servers.md has a row for each, and no other.</summary>
    [Fact]
    public void Page_HasARowForEach()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/servers.md"));
        IEnumerable<string> rules = ServerRules.All.Select(rule => $"`{rule.Name}` | `{rule.Value}`");
        Assert.Equal(rules.Order(StringComparer.Ordinal),
            Regex.Matches(page, @"(?m)^\| [^|]+ \| (`[^`|]+` \| `[^`|]+`) \|").Select(match => match.Groups[1].Value)
                .Order(StringComparer.Ordinal));
        Assert.Contains($"The list below has version {ServerRules.Version}.", page, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private StepIdentity Step() => new()
    {
        Command = [ByteString.Parse("make")], Directory = ByteString.Parse(_directory.Work),
        Root = ByteString.Parse(_directory.Work), Servers = ServerRules.Version,
    };

    private static string[] Given(StepIdentity step, params string[] entries) =>
        [.. CommandEnvironment.Of(Bytes(entries), step).Select(entry => entry.ToString())];

    /// <summary>The names that count.</summary>
    private string[] Counted(StepIdentity step, params string[] entries)
    {
        StepIdentity here = step with { EnvironmentIgnore = ["XDG_STATE_HOME"] };
        return [.. StepEnvironment.Of(Bytes([.. entries, "XDG_STATE_HOME=" + _directory.Results]),
            here).Digests.Variables.Select(variable => variable.Name)];
    }

    /// <summary>git's settings as git counts them.</summary>
    private static string[] Settings(string[] given)
    {
        string Value(string name) =>
            given.Last(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
        return int.TryParse(Value("GIT_CONFIG_COUNT"), out int count)
            ? [.. Enumerable.Range(0, count)
                .Select(i => $"{Value($"GIT_CONFIG_KEY_{i}")}={Value($"GIT_CONFIG_VALUE_{i}")}")]
            : [];
    }

    private static ByteString[] Bytes(string[] entries) =>
        [.. entries.Select(entry => new ByteString(Encoding.UTF8.GetBytes(entry)))];
}

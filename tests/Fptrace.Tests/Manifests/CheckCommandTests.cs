using System.Text.Json;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary><c>fptrace check</c> and <c>explain</c> of several steps at once.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public CheckCommandTests()
    {
        _directory.Write("a", "1");
        _directory.Write("b", "1");
    }

    [SkippableTheory]
    [InlineData("check")]
    [InlineData("explain")]
    public void SeveralSteps_AllUpToDate_PassAndAreNamedByTheirCommands(string verb)
    {
        string[] manifests = RunBoth();

        CommandResult result = Fptrace([verb, .. manifests]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"{manifests[0]}: cat a\n  up to date: ", result.Output, StringComparison.Ordinal);
        Assert.Contains($"{manifests[1]}: sh -c 'cat b'\n  up to date: ", result.Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("check")]
    [InlineData("explain")]
    public void SeveralSteps_OneOfThemChanged_FailForThatOneAlone(string verb)
    {
        string[] manifests = RunBoth();
        _directory.Write("b", "2");

        CommandResult result = Fptrace([verb, manifests[0], "--no-refresh", manifests[1]]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{manifests[0]}: cat a\n  up to date: ", result.Output, StringComparison.Ordinal);
        Assert.Contains($"{manifests[1]}: sh -c 'cat b'\n  input changed: b\n", result.Output,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void SeveralSteps_OneHasNoManifest_FailAndTheOtherIsTold()
    {
        string[] manifests = RunBoth();

        CommandResult result = Fptrace(["explain", "missing.json", manifests[0]]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith(
            "missing.json:\n  no manifest: there is no file missing.json; a command is named after --, and fptrace "
                + $"list tells all\n{manifests[0]}: cat a\n", result.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void SeveralSteps_AsJson_AreAnArrayWithTheirCommands()
    {
        string[] manifests = RunBoth();
        _directory.Write("b", "2");

        CommandResult result = Fptrace(["explain", "--json", .. manifests]);

        Assert.Equal(1, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        JsonElement[] steps = [.. json.RootElement.EnumerateArray()];
        Assert.Equal(manifests, steps.Select(step => step.GetProperty("manifest").GetString()));
        Assert.Equal([true, false], steps.Select(step => step.GetProperty("upToDate").GetBoolean()));
        Assert.Equal(["sh", "-c", "cat b"],
            steps[1].GetProperty("command").EnumerateArray().Select(word => word.GetString()));
    }

    [SkippableFact]
    public void OneStep_HasNoHeading()
    {
        string[] manifests = RunBoth();

        Assert.StartsWith("up to date: ", Fptrace(["explain", manifests[0]]).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Fptrace(["check", "--json", manifests[0]]).Output);
        Assert.True(json.RootElement.GetProperty("upToDate").GetBoolean());
    }

    public void Dispose() => _directory.Dispose();

    private string[] RunBoth()
    {
        Assert.Equal(0, Fptrace(["run", "--root", ".", "--manifest", "1.json", "cat", "a"]).ExitCode);
        Assert.Equal(0, Fptrace(["run", "--root", ".", "--manifest", "2.json", "sh", "-c", "cat b"]).ExitCode);
        return ["1.json", "2.json"];
    }

    private CommandResult Fptrace(string[] arguments)
    {
        CommandResult result = CommandRunner.Run(_directory.Work, [.. FptraceExecutable.Command, .. arguments]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        return result;
    }
}

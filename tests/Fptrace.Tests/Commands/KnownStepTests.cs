using System.Text.Json;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Commands;

/// <summary>Steps as users find them again: by their command.</summary>
public sealed class KnownStepTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public KnownStepTests()
    {
        _directory.Write("a", "1");
        Directory.CreateDirectory(_directory.Path("sub"));
        Directory.CreateDirectory(_directory.Path(".git"));
    }

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void List_NamesEachStepWithItsState()
    {
        Run("cat", "a");
        Run("sh", "-c", "echo made > made");
        File.Delete(_directory.Path("made"));

        CommandResult result = Fptrace(_directory.Work, "list");

        Assert.Equal(0, result.ExitCode);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^STATE +AGE +SIZE +DIRECTORY +COMMAND$", lines[0]);
        Assert.Contains(lines,
            line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^up to date +\d+ \w+ +\S+ KiB +\. +cat a$"));
        Assert.Contains(lines, line => line.StartsWith("would run", StringComparison.Ordinal)
            && line.EndsWith("sh -c 'echo made > made'  (output missing: made)", StringComparison.Ordinal));
        Assert.Equal(3, lines.Length);
    }

    [SkippableFact]
    public void List_AsJson_HasTheSame()
    {
        Run("cat", "a");
        using var json = JsonDocument.Parse(Fptrace(_directory.Work, "list", "--json").Output);
        JsonElement step = json.RootElement.EnumerateArray().Single();
        Assert.Equal(["cat", "a"], step.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal(_directory.Work, step.GetProperty("directory").GetString());
        Assert.True(step.GetProperty("upToDate").GetBoolean());
        Assert.True(File.Exists(step.GetProperty("manifest").GetString()));
    }

    [SkippableFact]
    public void List_OfNothing_SaysSo() =>
        Assert.Equal($"no command was run below {_directory.Work}; fptrace run COMMAND makes it known\n",
            Fptrace(_directory.Work, "list").Output);

    [SkippableTheory]
    [InlineData("check")]
    [InlineData("explain")]
    public void Command_BehindDashes_IsFoundInThisDirectory(string verb)
    {
        Run("cat", "a");
        Run("cat", "a", "a");
        Assert.StartsWith("up to date: ", Fptrace(_directory.Work, verb, "--", "cat", "a").Output,
            StringComparison.Ordinal);
        _directory.Write("a", "2");
        CommandResult result = Fptrace(_directory.Work, verb, "--", "cat", "a");
        Assert.Equal((1, "input changed: a\n"), (result.ExitCode, result.Output));
        Assert.Equal(1, Fptrace(_directory.Path("sub"), verb, "--", "cat", "a").ExitCode);
    }

    [SkippableFact]
    public void Command_RanWithSeveralOptions_IsToldForEach()
    {
        Run("cat", "a");
        Fptrace(_directory.Work, "run", "--ignore", "x", "cat", "a");
        string output = Fptrace(_directory.Work, "check", "--", "cat", "a").Output;
        Assert.Equal(2, output.Split("cat a\n  up to date: ").Length - 1);
        Assert.Equal(output.Split('\n').Order(StringComparer.Ordinal),
            Fptrace(_directory.Work, "check", ".fptrace").Output.Replace(".fptrace/", _directory.Path(".fptrace/"),
            StringComparison.Ordinal).Split('\n').Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public void Command_IsForgottenWithWhateverOptionsItRan()
    {
        Run("cat", "a");
        Fptrace(_directory.Work, "run", "--ignore", "x", "cat", "a");
        Run("true");
        Assert.Equal("2 manifests forgotten\n", Fptrace(_directory.Work, "forget", "--", "cat", "a").Output);
        Assert.Contains("up to date, not run: true", Run("true").Error, StringComparison.Ordinal);
        CommandResult none = Fptrace(_directory.Work, "forget", "--", "cat", "a");
        Assert.Equal(
            (ExitCodes.Usage, "fptrace: no manifest: this command was not run before; fptrace list tells all\n"),
            (none.ExitCode, none.Error));
    }

    [SkippableFact]
    public void MissingManifest_CommandRanOtherwise_SaysInWhat()
    {
        Assert.Contains("run: no manifest: this command was not run before\n", Run("cat", "a").Error,
            StringComparison.Ordinal);
        Assert.Contains(
            "run: no manifest: this command ran otherwise before: the ignored names are others: now x\n",
            Fptrace(_directory.Work, "run", "--ignore", "x", "cat", "a").Error,
            StringComparison.Ordinal);
        Assert.Contains(
            "run: no manifest: this command ran otherwise before: the network is now allowed\n",
            Fptrace(_directory.Work, "run", "--allow-network", "cat", "a").Error,
            StringComparison.Ordinal);
        Assert.Contains(
            $"run: no manifest: this command ran otherwise before: root: {_directory.Work} → "
                + $"{_directory.Path("sub")}\n",
            Fptrace(_directory.Work, "run", "--root", "sub", "cat", "a").Error,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void MissingManifest_OtherUmask_SaysSo()
    {
        Run("cat", "a");
        string tool = string.Join(' ', FptraceExecutable.Command);
        CommandResult result = CommandRunner.Run(_directory.Work, ["sh", "-c", $"umask 077; {tool} run cat a"]);
        Assert.Contains("run: no manifest: this command ran otherwise before: umask: ", result.Error,
            StringComparison.Ordinal);
        Assert.Contains(" → 0077\n", result.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void MissingManifest_OtherDirectory_SaysWhich()
    {
        Run("cat", "/dev/null");
        const string Reason = "no manifest: this command ran in another directory before: ";
        Assert.Equal($"{Reason}{_directory.Work}; fptrace list tells all\n",
            Fptrace(_directory.Path("sub"), "explain", "--", "cat", "/dev/null").Output);
        Assert.Contains($"run: {Reason}{_directory.Work}\n",
            Fptrace(_directory.Path("sub"), "run", "cat", "/dev/null").Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void DamagedManifestOfAnother_IsPassedOver()
    {
        Run("cat", "a");
        string manifest = Directory.GetFiles(_directory.Path(".fptrace"), "*.json").Single();
        File.WriteAllText(manifest,
            File.ReadAllText(manifest).Replace("\"directory\"", "\"dir\"", StringComparison.Ordinal));
        Assert.Contains("this command was not run before",
            Fptrace(_directory.Work, "run", "--ignore", "x", "cat", "a").Error, StringComparison.Ordinal);
        Assert.Equal(2,
            Fptrace(_directory.Work, "list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [SkippableFact]
    public void Step_OfALongCommand_IsReadFromItsManifest()
    {
        string longWord = new('x', 100_000);
        Run("sh", "-c", ":", longWord, "a\nb");
        Assert.StartsWith("up to date: ",
            Fptrace(_directory.Work, "check", "--", "sh", "-c", ":", longWord, "a\nb").Output,
            StringComparison.Ordinal);
    }

    private CommandResult Run(params string[] command) => Fptrace(_directory.Work, ["run", .. command]);

    private static CommandResult Fptrace(string directory, params string[] arguments)
    {
        CommandResult result = CommandRunner.Run(directory, [.. FptraceExecutable.Command, .. arguments]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {result.Error}");
        return result;
    }
}

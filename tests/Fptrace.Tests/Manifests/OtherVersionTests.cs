using Fptrace.Engine;

namespace Fptrace.Manifests;

/// <summary>Manifests that another version of fptrace has left, which may be in use beside this one.</summary>
public sealed class OtherVersionTests : IDisposable
{
    private const string Others = "{\n  \"schema\": \"fptrace-manifest/0\",\n  \"step\": {}\n}\n";
    private readonly RunScenario _scenario = new("sh", "-c", "echo made > out");

    [SkippableFact]
    public void ManifestOfAnotherVersion_StaysAndOursStandsBesideIt()
    {
        File.WriteAllText(_scenario.Manifest, Others);

        Assert.Equal("the manifest is of another version of fptrace; this one keeps its own beside it",
            _scenario.Run());
        Assert.Equal(RunScenario.Skipped, _scenario.Run());

        Assert.Equal(Others, File.ReadAllText(_scenario.Manifest));
        Assert.Contains("up to date: ", Explain().Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ManifestThatAnotherVersionReplaced_OursIsKnownBesideItFromThenOn()
    {
        _scenario.RunTwice();
        File.WriteAllText(_scenario.Manifest, Others);

        _scenario.RunsBecause("the manifest is of another version of fptrace; this one keeps its own beside it");
        File.WriteAllText(_scenario.Directory.Path("out"), "changed");
        _scenario.RunsBecause("output modified: out");
        Assert.Equal(Others, File.ReadAllText(_scenario.Manifest));
    }

    [SkippableFact]
    public void ManifestBesideOneOfAnotherVersion_InAListedDirectory_IsNoInput()
    {
        _scenario.Command = ["sh", "-c", "ls > ../results/list"];
        _scenario.Options = ["--manifest", "step.json"];
        File.WriteAllText(_scenario.Directory.Path("step.json"), Others);

        Assert.StartsWith("the manifest is of another version", _scenario.Run(), StringComparison.Ordinal);
        Assert.Equal(RunScenario.Skipped, _scenario.Run());
    }

    [SkippableFact]
    public void DirectoryWithManifestsOfAnotherVersion_IsSaidOnceAndTheseAreLeft()
    {
        string folder = _scenario.Directory.Path(".fptrace");
        Directory.CreateDirectory(folder);
        string theirs = Path.Combine(folder, new string('a', 32) + ".json");
        File.WriteAllText(theirs, Others);
        File.SetLastWriteTimeUtc(theirs, DateTime.UtcNow.AddYears(-1));

        Assert.Contains("fptrace: .fptrace holds manifests of another version", Run("one").Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("another version", Run("two").Error, StringComparison.Ordinal);

        Assert.Equal(Others, File.ReadAllText(theirs));
    }

    public void Dispose() => _scenario.Dispose();

    private CommandResult Run(string name) =>
        CommandRunner.Run(_scenario.Directory.Work,
            [.. FptraceExecutable.Command, "run", "--root", _scenario.Directory.Work, "--", "touch", name]);

    private CommandResult Explain() =>
        CommandRunner.Run(_scenario.Directory.Work, [.. FptraceExecutable.Command, "explain", _scenario.Manifest]);
}

namespace Fptrace.Manifests;

/// <summary>A directory that a step clears before it fills it, and one that it merely makes where others may put files,
/// too: at the first run neither is there.</summary>
public sealed class ClearedDirectoryScenarioTests : IDisposable
{
    private readonly RunScenario _scenario = new();

    [SkippableTheory]
    [InlineData("rm -rf d; mkdir d; echo > d/a", "d/y")]
    [InlineData("rm -rf d; mkdir -p d/e/f; echo > d/a", "d/e/f/y")]
    [InlineData("rm -rf d; cp -r src d", "d/y")]
    [InlineData("rm -rf d; cp -r src d", "d/sub/y")]
    [InlineData("rm -rf d; mkdir t; echo > t/a; mv t d", "d/y")]
    [InlineData("mkdir -p p; rm -rf p/d; mkdir p/d; echo > p/d/a", "p/d/y")]
    public void DirectoryClearedAndMade_FileAddedAfterTheFirstRun_Runs(string command, string added)
    {
        Make(command, added);
        Assert.Equal("directory gained: " + added, _scenario.Run());
        Assert.False(File.Exists(_scenario.Directory.Path(added)));
        Assert.Equal(RunScenario.Skipped, _scenario.Run());
    }

    [SkippableTheory]
    [InlineData("mkdir -p d; echo > d/a", "d/y")]
    [InlineData("install -d d/e; echo > d/e/a", "d/e/y")]
    [InlineData("cp -r src d", "d/y")]
    [InlineData("cp -a src d", "d/sub/y")]
    [InlineData("test -d d || mkdir d; echo > d/a", "d/y")]
    [InlineData("rm -f d/a; mkdir -p d; echo > d/a", "d/y")]
    [InlineData("mkdir -p d; rm -rf d/e; mkdir d/e", "d/y")]
    public void DirectoryMerelyMade_FileAddedAfterTheFirstRun_Skips(string command, string added)
    {
        Make(command, added);
        Assert.Equal(RunScenario.Skipped, _scenario.Run());
        Assert.True(File.Exists(_scenario.Directory.Path(added)));
    }

    /// <summary>Whoever asks so and does not remove the directory runs once more, and no further time.</summary>
    [SkippableFact]
    public void DirectoryAskedForAndMade_FileAdded_RunsOnce()
    {
        Make("find d -maxdepth 0 > /dev/null 2>&1; mkdir -p d; echo > d/a", "d/y");
        _scenario.RunsBecause("directory gained: d/y");
        Assert.True(File.Exists(_scenario.Directory.Path("d/y")));
    }

    public void Dispose() => _scenario.Dispose();

    /// <summary>Runs it for the first time, skips it, and adds a file.</summary>
    private void Make(string command, string added)
    {
        Directory.CreateDirectory(_scenario.Directory.Path("src/sub"));
        _scenario.Directory.Write("src/in", "text\n");
        _scenario.Command = ["sh", "-c", command];
        _scenario.RunTwice();
        _scenario.Directory.Write(added, "text\n");
    }
}

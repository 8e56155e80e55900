using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>What of git's index counts: what it holds, and whether what it remembers of files fits them.</summary>
public sealed class GitIndexScenarioTests
{
    private static readonly DateTime s_old = DateTime.UtcNow.AddHours(-2);

    [SkippableTheory]
    [InlineData("git describe --always --dirty", "2")]
    [InlineData("git describe --always --dirty", "4")]
    [InlineData("git ls-files", "3")]
    [InlineData("git diff-index HEAD", "2")]
    [InlineData("git diff-files", "4")]
    [InlineData("git status --porcelain", "2")]
    public void IndexIsWrittenAnewForOtherTimes_Skips(string script, string version)
    {
        using RunScenario scenario = Git(script);
        Git(scenario, "update-index", "--index-version", version);
        scenario.RunTwice();
        Assert.Empty(scenario.Recorded().Outputs);
        Touch(scenario, "dir/one");
        Git(scenario, "status");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void IndexIsWrittenAnewInAChangedTree_Skips()
    {
        using RunScenario scenario = Git("git describe --always --dirty; git diff-index --name-only HEAD");
        scenario.Directory.Write("dir/two", "changed");
        scenario.RunTwice();
        Assert.EndsWith("-dirty\ndir/two\n", scenario.Last.Output, StringComparison.Ordinal);
        Touch(scenario, "dir/one");
        Git(scenario, "status");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("2")]
    [InlineData("4")]
    public void TouchedFile_RunsWhatDoesNotRefresh(string version)
    {
        using RunScenario scenario = Git("git diff-index --name-only HEAD");
        Git(scenario, "update-index", "--index-version", version);
        scenario.RunTwice();
        Touch(scenario, "dir/two");
        scenario.RunsBecause("files were touched since git's index was written, or it was written anew: .git/index");
        Assert.Equal("dir/two\n", scenario.Last.Output);

        Git(scenario, "status");
        Assert.NotEqual(RunScenario.Skipped, scenario.Run());
        Assert.Equal("", scenario.Last.Output);
    }

    /// <summary>Both touched and refreshed since: the index has other bytes, and fits one file less.</summary>
    [SkippableFact]
    public void FileTouchedAfterARefresh_RunsWhatDoesNotRefresh()
    {
        using RunScenario scenario = Git("git diff-index --name-only HEAD");
        scenario.RunTwice();
        Touch(scenario, "dir/two");
        Git(scenario, "status");
        Touch(scenario, "top");
        Assert.NotEqual(RunScenario.Skipped, scenario.Run());
        Assert.Equal("top\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void TouchedFile_SkipsWhatLooksAtNoFile()
    {
        using RunScenario scenario = Git("git ls-files; git write-tree");
        scenario.RunTwice();
        Touch(scenario, "dir/two");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Git(scenario, "status");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    /// <summary>A file that is no older than the index is read by git, whatever the index remembers of it.</summary>
    [SkippableFact]
    public void FileNoOlderThanTheIndex_DoesNotFit()
    {
        using RunScenario scenario = Git("git diff-index --name-only HEAD");
        File.SetLastWriteTimeUtc(scenario.Directory.Path("top"), DateTime.UtcNow.AddHours(1));
        Git(scenario, "add", "top");
        scenario.RunTwice();
        File.SetLastWriteTimeUtc(scenario.Directory.Path(".git/index"), DateTime.UtcNow.AddHours(2));
        scenario.RunsBecause("files were touched since git's index was written, or it was written anew: .git/index");
    }

    [SkippableFact]
    public void FileOfALinkedWorkingTree_IsFound()
    {
        using RunScenario scenario = Git("cd linked; git diff-index --name-only HEAD");
        Git(scenario, "worktree", "add", "-q", "linked");
        Age(scenario.Directory.Path("linked"));
        CommandRunner.Run(scenario.Directory.Path("linked"), ["git", "update-index", "--refresh"]);
        scenario.RunTwice();
        Touch(scenario, "linked/top");
        Assert.Equal(0,
            CommandRunner.Run(scenario.Directory.Path("linked"), ["git", "update-index", "--refresh"]).ExitCode);
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Touch(scenario, "linked/dir/one");
        Assert.NotEqual(RunScenario.Skipped, scenario.Run());
        Assert.Equal("dir/one\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void FileOfASubmodule_IsFound()
    {
        using RunScenario scenario = Git("cd module; git diff-index --name-only HEAD");
        string module = scenario.Directory.Path("module");
        Git(scenario, "-c", "protocol.file.allow=always", "submodule", "add", "-q", scenario.Directory.Work, "module");
        Age(module);
        CommandRunner.Run(module, ["git", "update-index", "--refresh"]);
        scenario.RunTwice();
        Touch(scenario, "module/top");
        Assert.Equal(0, CommandRunner.Run(module, ["git", "update-index", "--refresh"]).ExitCode);
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        Touch(scenario, "module/dir/one");
        Assert.NotEqual(RunScenario.Skipped, scenario.Run());
        Assert.Equal("dir/one\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void SplitIndex_CountsWithItsBytes()
    {
        using RunScenario scenario = Git("git ls-files");
        Git(scenario, "update-index", "--split-index");
        scenario.RunTwice();
        Touch(scenario, "top");
        Git(scenario, "update-index", "--refresh");
        Assert.NotEqual(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void IndexWithAnotherEntry_Runs()
    {
        using RunScenario scenario = Git("git diff --cached --name-only");
        scenario.RunTwice();
        scenario.Directory.Write("new", "");
        Git(scenario, "add", "new");
        scenario.RunsBecause("input changed: .git/index");
        Assert.Equal("new\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void HeadMoves_Runs()
    {
        using RunScenario scenario = Git("git describe --always");
        scenario.RunTwice();
        Git(scenario, "commit", "-q", "--allow-empty", "-m", "two");
        Assert.NotEqual(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void CachedRunOverATouchedFile_IsNoHitForARefreshedIndex()
    {
        using RunScenario scenario = Cached("git diff-index --name-only HEAD");
        scenario.Run();
        Touch(scenario, "top");
        scenario.Run();
        Assert.Equal("top\n", scenario.Last.Output);

        Git(scenario, "status");
        File.Delete(scenario.Manifest);
        Assert.Equal("", OutputOfHit(scenario));
    }

    /// <summary>The cache gives a result for the index as the command found it, which is not as it left it.</summary>
    [SkippableFact]
    public void CachedRunThatRefreshedTheIndex_IsNoHitForARefreshedIndex()
    {
        using RunScenario scenario = Cached("git diff-index --name-only HEAD; git update-index --refresh");
        Touch(scenario, "top");
        scenario.Run();
        Assert.Equal("top\n", scenario.Last.Output);
        Assert.Empty(scenario.Recorded().Outputs);

        File.Delete(scenario.Manifest);
        scenario.Run();
        Assert.Equal("", scenario.Last.Output);
    }

    [SkippableFact]
    public void CachedRunThatRefreshedTheIndex_IsAHitForTheSameIndex()
    {
        using RunScenario scenario = Cached("git diff-index --name-only HEAD; git update-index --refresh");
        Touch(scenario, "top");
        byte[] index = File.ReadAllBytes(scenario.Directory.Path(".git/index"));
        scenario.Run();
        File.Delete(scenario.Manifest);
        File.WriteAllBytes(scenario.Directory.Path(".git/index"), index);
        Assert.Equal("top\n", OutputOfHit(scenario));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    private static RunScenario Git(string script)
    {
        Requires.Program("git");
        var scenario = new RunScenario("sh", "-c", script);
        scenario.Directory.Write("top", "text");
        Directory.CreateDirectory(scenario.Directory.Path("dir"));
        scenario.Directory.Write("dir/one", "1");
        scenario.Directory.Write("dir/two", "2");
        Age(scenario.Directory.Work);
        Git(scenario, "init", "-q", ".");
        Git(scenario, "add", "top", "dir");
        Git(scenario, "commit", "-q", "-m", "one");
        return scenario;
    }

    private static RunScenario Cached(string script)
    {
        RunScenario scenario = Git(script);
        scenario.Options = ["--cache=" + Path.Combine(scenario.Directory.Results, "cache")];
        return scenario;
    }

    private static string OutputOfHit(RunScenario scenario)
    {
        CommandResult result = CommandRunner.Run(scenario.Directory.Work, scenario.CommandLine);
        Assert.Contains("from the cache", result.Error, StringComparison.Ordinal);
        return result.Output;
    }

    private static void Git(RunScenario scenario, params string[] words)
    {
        CommandResult result = CommandRunner.Run(scenario.Directory.Work,
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", .. words]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    /// <summary>Older than the index by far: what is no older git does not trust.</summary>
    private static void Age(string directory)
    {
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, s_old);
        }
    }

    private static void Touch(RunScenario scenario, string file) =>
        File.SetLastWriteTimeUtc(scenario.Directory.Path(file), s_old.AddMinutes(10));
}

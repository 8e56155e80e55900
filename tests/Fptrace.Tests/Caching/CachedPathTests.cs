using Fptrace.Engine;

namespace Fptrace.Caching;

/// <summary>What stands at paths when a cached run is looked for: the run was made in one tree, and is asked for in
/// another.</summary>
public sealed class CachedPathTests : IDisposable
{
    private readonly CachedRun _run = new();

    [SkippableTheory]
    [InlineData("mkdir d; touch d/f", "ls d; rm -rf d; mkdir d", "mkdir d; touch d/f", true)]
    [InlineData("mkdir d; touch d/f", "ls d; rm -rf d; mkdir d", "mkdir d; touch d/g", false)]
    [InlineData("mkdir d; touch d/f", "ls d; rm -rf d; mkdir d", "mkdir d; mkfifo d/f", false)]
    [InlineData("mkdir d; echo 1 > d/f", "mv d e; cat e/*; mv e d", "mkdir d; echo 1 > d/f", true)]
    [InlineData("mkdir d; echo 1 > d/f", "mv d e; cat e/*; mv e d", "mkdir d; echo 1 > d/f; echo 2 > d/g", false)]
    [InlineData("", "echo 1 > t; rm t; echo 2 > o", "", true)]
    [InlineData("", "echo 1 > t; rm t; echo 2 > o", "touch t", false)]
    [InlineData("mkdir d e; echo 1 | tee d/f > e/f", "cd d; pwd -P", "mkdir e; echo 1 > e/f; ln -s e d", false)]
    [InlineData("touch f", "cat f/x 2>&1 || :", "", false)]
    [InlineData("touch f", "cat f/x 2>&1 || :", "touch f", true)]
    [InlineData("", "test -e f/x; touch f", "", true)]
    [InlineData("", "test -e f/x; touch f", "touch f", false)]
    [InlineData("touch f", "test -e f/x; rm -f f", "touch f", true)]
    [InlineData("touch f", "test -e f/x; rm -f f", "", false)]
    [InlineData("mkdir d; touch d/a", "find d -type f", "mkdir d; ln -s x d/a", false)]
    [InlineData("mkdir d; touch d/f", "ls d; rm d/*", "mkdir d; touch d/f", true)]
    [InlineData("mkdir d; touch d/f d/g", "ls d; rm d/*", "mkdir d; touch d/f", false)]
    [InlineData("mkdir d; touch d/f", "ls d; echo 1 > d/f", "mkdir d", false)]
    [InlineData("mkdir d", "ls d; echo 1 > d/o", "mkdir d", true)]
    [InlineData("mkdir d", "ls d; echo 1 > d/o", "mkdir d; echo 2 > d/o", false)]
    public void RunInOneTree_AskedForInAnother_HitsIfItSawTheSame(string one, string command, string other, bool hits)
    {
        Shell(one);
        CachedRun.AssertRan(_run.Run("sh", "-c", command));
        Shell("find . -mindepth 1 -delete; " + other);
        CommandResult result = _run.Run("sh", "-c", command);
        if (hits)
        {
            CachedRun.AssertHit(result);
            CachedRun.AssertSkipped(_run.Run("sh", "-c", command));
        }
        else
        {
            CachedRun.AssertRan(result);
        }
    }

    [SkippableFact]
    public void DirectoryMadeAnew_BackToFormerInput_NothingOfTheOtherRunIsLeft()
    {
        string[] command = ["sh", "-c", "rm -rf dist; mkdir dist; cp in dist/$(cat in)"];
        foreach (string text in (string[])["1", "2", "1", "2"])
        {
            _run.Write("in", text);
            _run.Run(command);
            Assert.Equal([_run.At("dist/" + text)], Directory.GetFiles(_run.At("dist")));
        }
    }

    public void Dispose() => _run.Dispose();

    private void Shell(string commands) =>
        Assert.Equal(0, CommandRunner.Run(_run.Root, ["sh", "-c", commands]).ExitCode);
}

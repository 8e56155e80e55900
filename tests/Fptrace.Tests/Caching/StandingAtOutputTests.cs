using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>Something that the command did not make stands where a cached run made an output: the hit leaves what the
/// command itself would, or there is none.</summary>
public sealed class StandingAtOutputTests : IDisposable
{
    private readonly CachedRun _run = new();

    [SkippableTheory]
    [InlineData("cp -r src o", "mkdir o")]
    [InlineData("cp -r src o", "ln -s elsewhere o")]
    [InlineData("cp -a src o", "mkdir -p o/src; echo mine > o/q")]
    [InlineData("ln -sfn src o", "mkdir o")]
    [InlineData("ln -s in o", "mkdir o")]
    [InlineData("cp in t; mv t o", "mkdir o")]
    [InlineData("install -m 755 in o", "mkdir o")]
    [InlineData("test -e o && echo there > seen || echo none > seen; cp in o", "cp in o")]
    [InlineData("[ -d o ] || mkdir o; ls o > seen; cp in o/x", "mkdir o; cp in o/x; echo mine > o/y")]
    [InlineData("rm o 2>/dev/null || echo none > seen; cp in o", "echo other > o")]
    [InlineData("cat o > seen 2>/dev/null; cp in o", "ln -s in o")]
    [InlineData("echo 1 > o; mv o p; ln -s p o", "ln -s q o")]
    [InlineData("touch o", "echo other > o; chmod 600 o")]
    [InlineData("cp in o; chmod 755 o", "echo other > o; ln o other")]
    public void MadeWhereNothingStood_SomebodyElseHasMadeSomethingThere_AsTheCommandItself(string script,
        string makes) => Compare(script, ":", makes);

    [SkippableTheory]
    [InlineData("rm o && echo gone > seen; cp in o")]
    [InlineData("python3 -I -S -c \"import os; os.close(os.open('o', os.O_WRONLY | os.O_TRUNC))\"")]
    [InlineData("python3 -I -S -c \"import os; os.close(os.open('o', os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))\"")]
    [InlineData("cp in o; sed -i s/1/2/ o")]
    [InlineData("stat -c %s o > seen 2>/dev/null; cp in o")]
    [InlineData("stat -c %s o > seen 2>/dev/null; rm -f o")]
    public void MadeWhereSomethingStood_NothingOrAnotherDoes_AsTheCommandItself(string script)
    {
        Requires.Program("python3");
        foreach (string makes in (string[])[":", "echo longer than before > o", "echo old > o; chmod 755 o",
            "ln -s in o", "ln -s nowhere o", "mkdir o"])
        {
            Compare(script, "echo old > o", makes);
        }
    }

    [SkippableTheory]
    [InlineData("cp in d/o", ":")]
    [InlineData("cp in d/o", "echo a file > d")]
    [InlineData("cp in d/o", "mkdir e; ln -s e d")]
    [InlineData("python3 -I -S -c \"import os; open('d/t', 'x'); os.remove('d/t'); open('o', 'w')\"", ":")]
    public void MadeInADirectoryThatStood_ItDoesNotAnyMore_AsTheCommandItself(string script, string makes)
    {
        Requires.Program("python3");
        Compare(script, "mkdir d", makes);
    }

    [SkippableFact]
    public void RenamedToAFile_TheTwoAreNamesOfOneFileNow_AsTheCommandItself()
    {
        Requires.Program("python3");
        Compare("python3 -I -S -c \"import os; os.rename('a', 'b')\"", "echo 1 > a; echo 2 > b", "echo 1 > a; ln a b");
    }

    [SkippableFact]
    public void LinkFollowedAndReplaced_LeadsElsewhereNow_AsTheCommandItself() =>
        Compare("cat o > seen 2>/dev/null || :; cp in t; mv -T t o", "ln -s in o", "ln -s nowhere o");

    [SkippableFact]
    public void OwnDirectory_TakenAwayAndMadeAnewBySomebodyElse_AsTheCommandItself()
    {
        Tree("");
        CachedRun.AssertRan(_run.Run("cp", "-r", "src", "o"));
        Shell("rm -r o; mkdir o");

        CachedRun.AssertRan(_run.Run("cp", "-r", "src", "o"));

        Assert.True(File.Exists(_run.At("o/src/q")));
    }

    [SkippableFact]
    public void OwnOutputThatTheLastRunHadNothingToDoWith_BackInPlace_Hit()
    {
        string[] command = ["sh", "-c", "cp in o; [ \"$(cat in)\" = 2 ] || { [ -e once ] || echo made > once; }"];
        foreach (string input in (string[])["1", "2"])
        {
            _run.Write("in", input);
            CachedRun.AssertRan(_run.Run(command));
        }

        _run.Write("in", "1");

        CachedRun.AssertHit(_run.Run(command));
    }

    public void Dispose() => _run.Dispose();

    /// <summary>A run in one tree, the tool in another with its cache, and the command alone in that one: the last two
    /// are the same.</summary>
    private void Compare(string script, string before, string makes)
    {
        Tree(before);
        _run.Run("sh", "-c", script);
        Tree(makes);
        CommandResult truth = CommandRunner.Run(_run.Root, ["sh", "-c", script]);
        string made = Look();
        Tree(makes);

        CommandResult result = _run.Run("sh", "-c", script);

        Assert.Equal(made, Look());
        Assert.Equal((truth.ExitCode, truth.Output), (result.ExitCode, result.Output));
    }

    private void Tree(string makes)
    {
        Shell("rm -rf -- * .fptrace");
        _run.Write("in", "1");
        _run.Write("src/q", "q");
        Shell(makes);
    }

    private void Shell(string script) => Assert.Equal(0, CommandRunner.Run(_run.Root, ["sh", "-c", script]).ExitCode);

    private string Look() => CommandRunner.Run(
        _run.Root,
        ["sh", "-c",
        "find . -name .fptrace -prune -o -printf '%p %y %m %l\\n' | sort; find . -name .fptrace -prune -o -type f "
        + "-print | sort | xargs tail -n +1"]).Output;
}

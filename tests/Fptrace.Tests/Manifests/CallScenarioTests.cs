using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Single calls that no shell makes so, as scripts of tests/programs/sights.c: before the first run, the
/// script, what changes then, and why it runs.</summary>
public sealed class CallScenarioTests
{
    [SkippableTheory]

    // A socket's name, which bind makes.
    [InlineData("touch s", "bind s", "rm s", "input missing: s")]
    [InlineData("ln -s nowhere s", "bind s", "rm s", "input missing: s")]
    [InlineData("", "bind d/s", "mkdir d", "now exists: d")]

    // A file without a name needs a directory all the same.
    [InlineData("", "late d x", "touch d", "now exists: d")]
    [InlineData("mkdir d", "late d d/x\nunlink d/x", "rmdir d", "input missing: d")]
    [InlineData("touch x", "late . x", "rm x", "input missing: x")]
    [InlineData("", "late . d/x", "mkdir d", "now exists: d")]

    // What would have been in the way before what it failed for.
    [InlineData("mkdir d e", "relink e d/b", "ln -s nowhere d/b", "now exists: d/b")]
    [InlineData("mkdir d", "rename d d/x 1", "touch d/x", "now exists: d/x")]
    [InlineData("mkdir d; ln -s b b", "rename d/x b/. 0", "rm b", "input missing: b")]
    [InlineData("touch a", "rename a b 2", "touch b", "now exists: b")]

    // Links on a way whose root is the directory that it begins at.
    [InlineData("echo 1 > b; ln -s b c", "confined c 16", "rm c; cp b c", "no longer a link: c")]
    [InlineData("mkdir d; echo 1 > d/b; ln -s d c", "confined c/b 16", "rm c; cp -r d c", "no longer a link: c")]

    // Two equal files that change places.
    [InlineData("touch a; ln a b", "rename a b 2", "rm b", "input missing: b")]
    public void Changed_RunsBecause(string before, string script, string change, string reason)
    {
        using RunScenario scenario = Scenario(before, script);
        scenario.RunTwice();
        Shell(scenario, change);
        Assert.Equal(reason, scenario.Run());
    }

    [SkippableTheory]

    // The link that was looked through has given way to a file of the step.
    [InlineData("echo 1 > f; ln -s f l", "read l\nreplace l 2\nread l")]
    [InlineData("mkdir d; echo 1 > d/f; ln -s d l", "read l/f\nreplace l 2\nread l/f")]

    // One name, whichever way leads to it, and however many others the file has.
    [InlineData("touch a; ln a b; ln -s . l", "rename a l/a 0")]
    public void Unchanged_Skips(string before, string script)
    {
        using RunScenario scenario = Scenario(before, script);
        scenario.RunTwice();
    }

    [SkippableTheory]
    [InlineData("mkdir d; chmod 600 d", "write d/a 577 1")]
    public void DeniedToAnOrdinaryUser_Skips(string before, string script)
    {
        using RunScenario scenario = ScenarioOfOrdinaryUser(before, script);
        scenario.RunTwice();
    }

    /// <summary>Where the second name is an equal file of its own, the first one goes away.</summary>
    [SkippableFact]
    public void RenamedToAnotherNameOfTheSameFile_DoesNotCount()
    {
        const string Reason =
            "it renamed a file to another name of the same file (hard links), where rename(2) does nothing: a";
        using RunScenario scenario = Scenario("echo 1 > a; ln a b", "rename a b 0");
        scenario.Run();
        Assert.Equal(Reason, scenario.Refusal());
        Shell(scenario, "cp a c; mv c b");
        scenario.RunsBecause(Reason);
        Assert.False(File.Exists(scenario.Directory.Path("a")));
    }

    /// <summary>Whether it is still there, and what it holds, nobody could find out.</summary>
    [SkippableFact]
    public void OutputInADirectoryThatTheCommandCloses_DoesNotCount()
    {
        using RunScenario scenario = ScenarioOfOrdinaryUser("mkdir d", "write d/x 577 1\nchmod d 384");
        scenario.Run();
        Assert.Equal("an output cannot be read: d/x", scenario.Refusal());
        Shell(scenario, "chmod 755 d");
    }

    private static RunScenario ScenarioOfOrdinaryUser(string before, string script)
    {
        RunScenario scenario = Scenario(before, script);
        if (Environment.UserName == "root")
        {
            Requires.Program("setpriv");
            Shell(scenario, "chown 65534 *");
            scenario.Launcher = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env",
                $"HOME={scenario.Directory.Results}"];
        }

        return scenario;
    }

    private static RunScenario Scenario(string before, string script)
    {
        var scenario = new RunScenario(TestPrograms.Path("sights"), "-c", script);
        Shell(scenario, before);
        return scenario;
    }

    private static void Shell(RunScenario scenario, string commands) =>
        Assert.Equal(0, CommandRunner.Run(scenario.Directory.Work, ["sh", "-c", commands]).ExitCode);
}

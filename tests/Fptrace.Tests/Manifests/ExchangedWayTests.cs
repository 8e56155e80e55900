using System.Diagnostics;
using Fptrace.Engine;
using Fptrace.Linux.FileSystem;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>
/// While a command runs, somebody else exchanges a directory or a link on the way to an input, and puts it back.
/// </summary>
public sealed class ExchangedWayTests
{
    private const string Directories = "mv d/a away; mv b d/a";
    private const string DirectoriesBack = "mv d/a b; mv away d/a";

    [SkippableTheory]
    [AllEngines("cat $PWD/d/a/f", Directories, DirectoriesBack)]
    [AllEngines("read x < $PWD/d/a/f; echo $x", Directories, DirectoriesBack)]
    [AllEngines("(cd d/a; cat f)", Directories, DirectoriesBack)]
    [AllEngines("(cd d/a; read x < f; echo $x)", Directories, DirectoriesBack)]
    [AllEngines("read x < $PWD/d/a/t/u/f; echo $x", Directories, DirectoriesBack)]
    [AllEngines("ls $PWD/d/a", Directories, DirectoriesBack)]
    [AllEngines("for x in d/a/*; do echo $x; done", Directories, DirectoriesBack)]
    [AllEngines("test -s d/a/g || echo empty", Directories, DirectoriesBack)]
    [AllEngines("test -e d/a/none && echo exists", Directories, DirectoriesBack)]
    [AllEngines("test -e d/a/t/none && echo exists", Directories, DirectoriesBack)]
    [AllEngines("read x < d/a/l/f; echo $x", Directories, DirectoriesBack)]
    [AllEngines("sh d/a/f", Directories, DirectoriesBack)]
    [AllEngines("cat $PWD/cur/f", "ln -sfn ../b d/cur", "ln -sfn a d/cur")]
    [AllEngines("read x < cur/f; echo $x", "ln -sfn ../b d/cur", "ln -sfn a d/cur")]
    [AllEngines("read x < cur/f; echo $x", "mv d/cur old; ln -s ../b d/cur", "mv -T old d/cur")]
    [AllEngines("read x < cur/f; echo $x", "ln -sfn b cur", "ln -sfn d/cur cur")]
    [AllEngines("read x < cur/../f; echo $x", "ln -sfn ../b/t d/cur", "ln -sfn a d/cur")]
    [AllEngines("readlink cur", "ln -sfn b cur", "ln -sfn d/cur cur")]
    [AllEngines("read x < two; echo $x", "mv two old; cp b/f two", "mv old two")]
    public void WayThatIsExchangedAndPutBack_RunsAgain(string engine, string look, string exchange, string back)
    {
        using RunScenario scenario = Scenario(engine, look, exchange, back);
        string reason = RunBeside(scenario);
        string[] printed = scenario.Last.Output.Split('\n');
        Assert.Contains(" while the command ran: ", reason, StringComparison.Ordinal);
        Assert.Equal(reason, scenario.Run());
        Assert.NotEqual(printed, scenario.Last.Output.Split('\n'));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("read x < d/a/t/f", "directory changed while the command ran: d/a", Directories, DirectoriesBack)]
    [InlineData("read x < d/a/t/f", "directory changed while the command ran: d", "mv d e; mv b d", "mv d b; mv e d")]
    [InlineData("ls d/a", "directory changed while the command ran: d/a", Directories, DirectoriesBack)]
    [InlineData("read x < cur/f", "link changed while the command ran: d/cur", "rm d/cur", "ln -s a d/cur")]
    [InlineData("read x < two", "input changed while the command ran: two", "mv two old", "mv old two")]
    public void Reason_NamesWhatWasExchanged(string look, string reason, string exchange, string back)
    {
        using RunScenario scenario = Scenario(Engines.Best, $"{look} || :", exchange, back);
        Assert.Equal(reason, RunBeside(scenario));
    }

    /// <summary>It is what others do all the time beside a command.</summary>
    [SkippableTheory]
    [InlineData("read x < d/a/f", "touch d/new d/a/new; mkdir d/sub d/a/sub", "rm d/a/new; rmdir d/sub; mv d/new b")]
    [InlineData("read x < cur/f", "ln -P d/cur d/a/again; ln -P cur again2", "rm d/a/again; touch -h d/cur")]
    [InlineData("test -d d/a/t", "touch d/new; chmod 700 d/a/t d/a", "chmod 755 d/a d/a/t; touch d/newer")]
    [InlineData("test -e d/a/missing", Directories, DirectoriesBack + "; ln -sfn d/cur other")]
    [InlineData("read x < d/a/f", "mkdir d/c; chmod 700 d/c; cp -a b d/e", "mv d/c d/e; touch -d 2020-01-01 d/e")]
    [InlineData("read x < d/a/t/f", "chmod 700 d/a/t; touch -d 2020-01-01 d/a/t", "chmod 755 d/a/t")]
    [InlineData("read x < d/a/t/f", "mkdir -p c/t; : > c/t/new; touch -d 2020-01-01 c c/t; cp -a c/. d/a",
        "rm d/a/t/new; tar -C c -cf - . | tar -xf - -C d/a")]
    [InlineData("read x < two", "ln two d/again; cp -al d b", "rm d/again; rm -r b/d")]
    public void WayOnWhichNothingMoved_Skips(string look, string beside, string then)
    {
        using RunScenario scenario = Scenario(Engines.Best, $"{look} || :", beside, then);
        Run("until [ $(($(date +%s) - $(stat -c %Z d/a))) -gt 2 ]; do sleep 0.1; done", scenario);
        Assert.Null(RunBesideOrNull(scenario));
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    /// <summary>The clock of file times stands still for milliseconds.</summary>
    [SkippableFact]
    public void WayThatWasMadeRightBefore_Skips()
    {
        using RunScenario scenario = Scenario(Engines.Best, "", "", "");
        for (int i = 0; i < 20; i++)
        {
            scenario.Command = ["sh", "-c", $"cat m{i}/l/f"];
            scenario.Launcher = ["sh", "-c",
                $"cp -a b x{i}; mkdir m{i}; ln -s ../x{i} m{i}/l; chmod 700 x{i}; exec \"$@\"", "sh"];
            scenario.Run();
            scenario.Launcher = [];
            Assert.Equal(RunScenario.Skipped, scenario.Run());
        }
    }

    [SkippableTheory]
    [InlineData("cat d/a/f; chmod 700 d/a; chmod 755 d/a d")]
    [InlineData("cat d/a/f; chmod -R u+rwX d; chown -R $(id -u) d; mkdir -p d/new")]
    [InlineData("cat d/a/f; touch -d 2020-01-01 d/a d; : > new")]
    [InlineData("cat d/a/f; exec 3< d/a; chmod 755 /proc/self/fd/3; : > d/new")]
    [InlineData("cd d/a; cat f; chmod 755 . ..; : > ../new")]
    [InlineData("mv d e; mv e d; cat d/a/f")]
    [InlineData("cat d/a/f; cd d; mv a a2; mv a2 a")]
    [InlineData("cat d/a/f; tar -C b -cf - . | tar -xf - -C d/a/t; tar -C b -cf - t | tar -xf - -C d/a")]
    [InlineData("cp -a b/. d; cat d/a/f")]
    [InlineData("cp -al d e; cat d/a/f cur/f; rm -rf e")]
    [InlineData("mkdir -m 700 d/new; chmod 755 d/new; cp d/a/f d/new; mv d/new d/n; cat d/n/f; rm -r d/n")]
    [InlineData("for i in 1 2 3; do mkdir d/a/$i; rmdir d/a/$i; done; cat d/a/f; ls d")]
    [InlineData("ln -sfn d/cur cur; cat cur/f")]
    [InlineData("cat cur/f; mv cur d/c; mv d/c cur")]
    [InlineData("cat cur/f; ln -P d/cur d/hard; rm d/hard")]
    [InlineData("cat two; ln again third; rm third")]
    [InlineData("cat two; chmod 644 again; : > new")]
    public void OwnWorkOnTheWay_Skips(string command)
    {
        using RunScenario scenario = Scenario(Engines.Best, command, "", "");
        scenario.Command = ["sh", "-c", command];
        scenario.RunTwice();
    }

    /// <summary>
    /// The outsider is no child of the command, and waits for it, as it waits for the outsider. Both use a directory
    /// that is ignored.
    /// </summary>
    private static RunScenario Scenario(string engine, string look, string exchange, string back)
    {
        var scenario = new RunScenario("sh", "-c", $"{look}\n{Pause("1")}\n{look}\n{Pause("2")}\n{look}; :")
        {
            Options = ["--engine", engine, "--ignore", "gate"],
        };
        Directory.CreateDirectory(scenario.Directory.Path("gate"));
        scenario.Directory.Write("gate/outside.sh", $"""
            {Wait("1")}
            {exchange}
            : > gate/go1
            {Wait("2")}
            {back}
            : > gate/go2
            """);
        Run("""
            mkdir -p d/a/t/u b/t/u
            echo echo one | tee d/f d/a/f d/a/t/f > d/a/t/u/f
            echo > d/a/g
            : > b/g
            echo echo two | tee b/f b/none b/t/f b/t/none > b/t/u/f
            ln -s t d/a/l
            ln -s t/u b/l
            ln -s a d/cur
            ln -s d/cur cur
            echo one > two
            ln two again
            find . -depth -type d -exec touch -d 2020-01-01 {} +
            """, scenario);
        Skip.If(ChangeTimes.Lag([.. scenario.Directory.Path("d").Select(letter => (byte)letter), 0]) is null,
            "on this file system a directory does not show that it was moved");
        return scenario;

        static string Pause(string name) => $": > gate/{name}; until [ -e gate/go{name} ]; do sleep 0.01; done";

        static string Wait(string name) => $"until [ -e gate/{name} ]; do sleep 0.01; done";
    }

    private static void Run(string script, RunScenario scenario)
    {
        CommandResult result = CommandRunner.Run(scenario.Directory.Work, ["sh", "-ec", script]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    /// <returns>Why the run does not count.</returns>
    private static string RunBeside(RunScenario scenario) =>
        RunBesideOrNull(scenario) ?? throw new Xunit.Sdk.XunitException("it counts");

    private static string? RunBesideOrNull(RunScenario scenario)
    {
        using Process outsider = CommandRunner.Start(scenario.Directory.Work, ["sh", "-e", "gate/outside.sh"]);
        scenario.Run();
        CommandResult result = CommandRunner.Finish(outsider, ["outsider"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return scenario.Last.Error.Contains("it will run again", StringComparison.Ordinal) ? scenario.Refusal() : null;
    }
}

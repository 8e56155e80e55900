using Fptrace.Engine;
using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>A process need not ask about what another one has asked before: the manifest is the same.</summary>
public sealed class KnownPathScenarioTests
{
    [SkippableTheory]
    [InlineData("cat $PWD/f $PWD/f; test -e $PWD/x || : > $PWD/x; cat $PWD/x; test -e $PWD/x && rm $PWD/x; "
        + "test -e $PWD/x || echo gone; cat $PWD/x; echo again > $PWD/x; cat $PWD/x")]
    [InlineData("cat $PWD/f; rm $PWD/f; cat $PWD/f; mkdir $PWD/f; ls $PWD/f; cat $PWD/f; rmdir $PWD/f; cat $PWD/f")]
    [InlineData("ln -s d l; cat $PWD/l/f; rm l; ln -s e l; cat $PWD/l/f; rm l; ln -s d l; cat $PWD/l/f; ls $PWD/l/")]
    [InlineData("cat $PWD/d/f; mv d x; mv e d; cat $PWD/d/f; cat $PWD/e/f; mv x e; cat $PWD/e/f")]
    [InlineData("cat $PWD/f; rm f; mkfifo f; echo 1 > f & cat $PWD/f; wait; rm f; cat $PWD/f")]
    [InlineData("cat $PWD/f; mv f g; mkfifo f; echo 1 > f & cat $PWD/f; wait; rm f; mv g f; cat $PWD/f")]
    [InlineData("ln -s d l; cat $PWD/d/f; rm l/f; mkfifo d/f; echo 1 > d/f & cat $PWD/d/f; wait; rm d/f; cat $PWD/d/f")]
    [InlineData("ln -s d l; cat $PWD/d/f; mv l/f g; mkfifo d/f; echo 1 > d/f & cat $PWD/d/f; wait; rm d/f")]
    [InlineData("ln -s ../d/f e/s; cat $PWD/e/s; rm d/f; mkfifo d/f; echo 1 > d/f & cat $PWD/e/s; wait; rm d/f")]
    [InlineData("mkfifo p; echo 1 > p & cat $PWD/p; wait; rm p; test -e $PWD/p || echo > p; cat $PWD/p; rm p; "
        + "cat $PWD/p")]
    [InlineData("cat $PWD/f; cat $PWD/d/../f $PWD/d/./f $PWD//f; test -d $PWD/d/; test -d $PWD/f/; cat $PWD/d")]
    [InlineData("cd d; cat /proc/self/cwd/f; cd ../e; cat /proc/self/cwd/f; cat /proc/self/cwd/../d/f")]
    [InlineData("ln -s /proc/self/cwd here; p=$PWD; cd d; cat $p/here/f; cd ../e; cat $p/here/f")]
    [InlineData("(exec <&-; cat $PWD/f; cat $PWD/none); cat $PWD/none; echo > $PWD/none; (exec <&-; cat $PWD/none)")]
    [InlineData("ls -l $PWD/f; readlink $PWD/f; readlink $PWD/none; ln -s f l; readlink $PWD/l; ls -l $PWD/l; "
        + "cat $PWD/l")]
    [InlineData("stat -c %F $PWD/none; rm -rf $PWD/none; mkdir $PWD/none; echo > $PWD/none/f; cat $PWD/none/f")]
    [InlineData("for i in 1 2 3; do ln f $i; cat $PWD/$i; rm f; cat $PWD/f; mv $i f; cat $PWD/f; done")]
    [InlineData("cat $PWD/f; chmod 000 d; cat $PWD/d/f; chmod 755 d; cat $PWD/d/f; ls $PWD/d; ls $PWD/d; ls $PWD/e")]
    [InlineData("trap '' TRAP; grep SigIgn /proc/self/status; sh -c 'kill -TRAP $$; echo alive'")]
    public void Command_HasTheManifestOfNotify(string command) =>
        Assert.Equal(Run("notify", command), Run("fast", command));

    /// <summary>A link that comes, or goes, may lead the same path to other files: also where the path does not name
    /// it.</summary>
    [SkippableTheory]
    [AllEngines("test -e $PWD/l/g; ln -s d l; test -e $PWD/l/g; cat $PWD/l/g; true", "Absent d/g")]
    [AllEngines("ln -s d l; ln -s l cur; test -e $PWD/cur/f; rm l; ln -s e l; test -e $PWD/cur/f", "Existence e/f")]
    [AllEngines("ln -s d l; ln -s l cur; read a < $PWD/cur/f; rm l; ln -s e l; read a < $PWD/cur/f", "Content e/f")]
    public void PathThatALinkLeadsElsewhere_IsObservedThere(string engine, string command, string observation)
    {
        using RunScenario scenario = Scenario(engine, ["sh", "-c", command]);
        scenario.Run();
        Assert.Contains(observation, scenario.Recorded().Observations.Select(one => $"{one.Kind} {one.Path}"));
    }

    [SkippableFact]
    public void ProcessWithAnotherRoot_DoesNotKnowWhatOthersKnow()
    {
        Requires.That(Environment.UserName == "root", "needs root");
        using RunScenario scenario = Scenario("fast", []);
        string work = scenario.Directory.Work;
        Directory.CreateDirectory(scenario.Directory.Path("root") + work);
        scenario.Directory.Write("root" + work + "/f", "inside");
        RunBeside(scenario, "change-root", scenario.Directory.Path("root"), scenario.Directory.Path("f"));
        Assert.Contains("Content root" + work + "/f",
            scenario.Recorded().Observations.Select(one => $"{one.Kind} {one.Path}"));
    }

    /// <summary>It expects that nothing is there, and opens the file all the same.</summary>
    [SkippableFact]
    public void OpenOfAFileThatHasComeIntoBeing_KeepsTheLocksOnIt()
    {
        using RunScenario scenario = Scenario("fast", []);
        RunBeside(scenario, "lock", scenario.Directory.Path("locked"));
    }

    /// <summary>There our number is another segment's.</summary>
    [SkippableFact]
    public void ProgramInAnotherIpcNamespace_AttachesNothing()
    {
        Requires.That(Environment.UserName == "root", "needs root");
        Requires.Program("ipcmk");
        using RunScenario scenario = Scenario("fast", ["unshare", "--ipc", "sh", "-c",
            "ipcmk -M 4096 > made; grep -c SYSV /proc/self/maps; ipcs -m > listed; grep -v -- --- listed"]);
        scenario.Launcher = ["unshare", "--ipc"];
        scenario.Run();
        string fast = scenario.Last.Output;
        scenario.Options = ["--engine", "notify", "--force"];
        scenario.Run();
        Assert.Equal(Numbers(scenario.Last.Output), Numbers(fast));

        // Without the key, which is drawn.
        static string[] Numbers(string output) =>
            [.. output.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.Contains("0x"))];
    }

    [SkippableFact]
    public void SignalsAtTheStartOfAProgram_LeaveItWhatItIs()
    {
        using RunScenario scenario = Scenario("fast", []);
        RunBeside(scenario, "signals");
        Assert.Contains(scenario.Recorded().Observations,
            one => one.Path.ToString().StartsWith("/nowhere", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void ProgramWithThreads_IsPatchedBeforeTheFirst()
    {
        using RunScenario scenario = Scenario("fast", []);
        RunBeside(scenario, "threads");
    }

    /// <summary>To patch such code would change the file.</summary>
    [SkippableFact]
    public void LibraryThatIsMappedToBeWritten_IsNotPatched()
    {
        using RunScenario scenario = Scenario("fast", []);
        string library = scenario.Directory.Path("library");
        RunBeside(scenario, "map", library);
        Assert.Equal(File.ReadAllBytes(File.ReadAllText(scenario.Directory.Path("original"))),
            File.ReadAllBytes(library));
    }

    /// <summary>Only what may lead a known path elsewhere ends what is known.</summary>
    [SkippableFact]
    public void SocketsAndFifos_LeaveKnownWhatIsKnown()
    {
        using RunScenario scenario = Scenario("fast", []);
        RunBeside(scenario, "changes");
    }

    [SkippableFact]
    public void FunctionThatTheProgramHooks_StillWorks()
    {
        using RunScenario scenario = Scenario("fast", []);
        RunBeside(scenario, "hook");
    }

    /// <summary>It begins with the registers of the call, and makes one of its own where the filter might take it for
    /// known.</summary>
    [SkippableFact]
    public void HandlerOfASignalDuringAKnownCall_IsAsked()
    {
        using RunScenario scenario = Scenario("fast", []);
        RunBeside(scenario, "handler");
        Assert.Contains("Content /etc/hostname",
            scenario.Recorded().Observations.Select(one => $"{one.Kind} {one.Path}"));
    }

    /// <summary>Also a program that asks only once.</summary>
    [SkippableFact]
    public void EachProgram_IsArmedAtItsStart_AndForksOfIt()
    {
        using RunScenario scenario =
            Scenario("fast", ["sh", "-c", "(while read a; do echo $a; done) < /proc/self/maps"]);
        scenario.Run();
        Assert.Contains("r-xs", scenario.Last.Output, StringComparison.Ordinal);
    }

    private static void RunBeside(RunScenario scenario, params string[] words)
    {
        scenario.Command = ["sh", "-c", "exec \"$@\" 2> said", "sh", TestPrograms.LinkedPath("beside"), .. words];
        scenario.Run();
        Assert.Equal("armed", File.ReadAllText(scenario.Directory.Path("said")));
    }

    private static RunScenario Scenario(string engine, IReadOnlyList<string> command)
    {
        Skip.If(engine == "fast" && !PerMachine.IsX64, "is for x86-64");
        var scenario = new RunScenario([.. command]) { Options = ["--engine", engine] };
        scenario.Directory.Write("f", "text\n");
        foreach (string name in (string[])["d", "e"])
        {
            Directory.CreateDirectory(scenario.Directory.Path(name));
            scenario.Directory.Write(name + "/f", name + "\n");
        }

        return scenario;
    }

    private static IEnumerable<string> Run(string engine, string command)
    {
        using RunScenario scenario = Scenario(engine, ["sh", "-c", command + "; true"]);
        scenario.Run();
        Manifest manifest = scenario.Recorded();
        string[] lines =
        [
            .. manifest.Observations.Select(one => $"{one.Kind} {one.Path} {one.Target} {one.Error} {one.State.Type}"),
            .. manifest.Outputs.Select(one => $"output {one.Path} {one.PriorState} {one.Opening} {one.IsOver}"),
            .. manifest.Deletions.Select(one => $"deletion {one}"),
            .. manifest.Temporaries.Select(one => $"temporary {one}"),
            .. manifest.Refusals,
            scenario.Last.Output,
            .. scenario.Last.Error.Split('\n').Where(line => line.StartsWith("cat: ", StringComparison.Ordinal)),
        ];
        return lines.Select(line => line.Replace(scenario.Directory.Work, "", StringComparison.Ordinal));
    }
}

using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>Links into /proc, which lead each process elsewhere, by their verdict: before the first run, the command,
/// what changes then, and why it runs.</summary>
public sealed class ProcessLinkScenarioTests
{
    [SkippableTheory]

    // A directory on the way.
    [InlineData("ln -s /proc/self/cwd c", "cd d; cat ../c/f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("ln -s /proc/self/cwd c; ln -s c x", "cd d; cat ../x/f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("mkdir p; ln -s /proc/self p/own; ln -s p/own/cwd c", "cd d; cat ../c/f", "echo 2 > d/f",
        "input changed: d/f")]
    [InlineData("ln -s /proc/self/cwd c", "cd d/s; cat ../../c/../f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("ln -s /proc/self c", "cd d; cat ../c/../self/cwd/f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("ln -s /proc/self/root r", "cat r$PWD/d/f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("ln -s /proc/self/fd n; ln -s /dev/fd m", "exec 5< d; cat n/5/f m/5/s/../f", "echo 2 > d/f",
        "input changed: d/f")]
    [InlineData("ln -s /proc/thread-self/cwd c", "cd d; cat ../c/f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("ln -s /proc/self/cwd d/c", "cd d; cat /proc/self/cwd/c/f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("", "cd d; exec cat /proc/self/task/$$/cwd/f", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("", "(cd d; sleep 60 & p=$!; cd ..; cat /proc/$p/cwd/f; kill $p)", "echo 2 > d/f",
        "input changed: d/f")]
    [InlineData("ln -s /proc/self/cwd c", "cd d; read a < ../c/f; cd s; read b < ../../c/f; echo $a $b",
        "echo 2 > d/s/f", "input changed: d/s/f")]

    // One that the command makes.
    [InlineData("", "[ -e c/f ] || ln -s /proc/self/cwd c; cd d; cat ../c/f; rm ../c", "echo 2 > d/f",
        "input changed: d/f")]
    [InlineData("ln -s /proc/self/cwd c", "ln -s c t; mv t u; cd d; cat ../u/f; rm ../u", "echo 2 > d/f",
        "input changed: d/f")]

    // At the end.
    [InlineData("ln -s /proc/self/fd/5 l", "exec 5< d/f; cat l", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("ln -s /dev/fd/5 l; ln -s l k", "exec 5< d/f; cat k", "echo 2 > d/f", "input changed: d/f")]
    [InlineData("ln -s /dev/fd/5 l", "exec 5< d/f; read a < l; exec 5< d/s/f; read b < l; echo $a $b", "echo 2 > d/s/f",
        "input changed: d/s/f")]
    [InlineData("ln -s /proc/self/cwd c", "cd d; ls ../c", "touch d/x", "directory gained: d/x")]

    // What is done there.
    [InlineData("ln -s /proc/self/cwd c", "cd d; cat ../c/g || :", "touch d/g", "now exists: d/g")]
    [InlineData("ln -s /proc/self/cwd c", "cd d; echo 1 > ../c/o", "rm d/o", "output missing: d/o")]
    [InlineData("ln -s /proc/self/cwd c", "cd d; cp f t; mv ../c/t ../c/g", "rm d/g", "output missing: d/g")]
    [InlineData("ln -s /proc/self/cwd c; cp /bin/true d/p", "cd d; ../c/p", "cp /bin/sh d/p", "input changed: d/p")]
    [InlineData("ln -s /proc/self/cwd c; echo echo 1 > d/p; chmod +x d/p", "cd d; ../c/p", "echo echo 2 > d/p",
        "input changed: d/p")]

    // The link.
    [InlineData("ln -s /proc/self/cwd c", "cd d; cat ../c/f", "ln -sfn d/s c", "link changed: c: /proc/self/cwd → d/s")]
    [InlineData("ln -s /proc/self/fd/5 l", "exec 5< d/f; cat l", "ln -sfn d/s/f l",
        "link changed: l: /proc/self/fd/5 → d/s/f")]
    public void Changed_RunsBecause(string before, string command, string change, string reason)
    {
        using RunScenario scenario = Scenario(before, command);
        scenario.RunTwice();
        CommandRunner.Run(scenario.Directory.Work, ["sh", "-c", change]);
        Assert.Equal(reason, scenario.Run());
    }

    private static RunScenario Scenario(string before, string command)
    {
        Requires.Program("sh");
        var scenario = new RunScenario("sh", "-c", command);
        CommandResult made = CommandRunner.Run(scenario.Directory.Work,
            ["sh", "-c", "umask 022; mkdir -p d/s; echo 1 | tee d/f > d/s/f; " + before]);
        Assert.True(made.ExitCode == 0, made.Error);
        return scenario;
    }
}

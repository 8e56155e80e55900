using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>What stands at a path and on the way to it, by its verdict: before the first run, the command, what changes
/// then, and why it runs.</summary>
public sealed class PathScenarioTests
{
    [SkippableTheory]

    // Ways.
    [InlineData("mkdir -p v1/lib v2/lib; echo 1 > v1/c; echo 2 > v2/c; ln -s v1/lib cur", "cat cur/../c",
        "ln -sfn v2/lib cur", "link changed: cur: v1/lib → v2/lib")]
    [InlineData("mkdir -p v1/lib v2/lib; echo 1 > v1/c; echo 2 > v2/c; ln -s v1/lib cur", "cd cur && cat ../c",
        "ln -sfn v2/lib cur", "link changed: cur: v1/lib → v2/lib")]
    [InlineData("mkdir lib inc; echo 1 > inc/x", "cat lib/../inc/x || :", "rmdir lib", "input missing: lib")]
    [InlineData("mkdir inc; echo 1 > inc/x", "cat lib/../inc/x || :", "mkdir lib", "now exists: lib")]
    [InlineData("mkdir -p a/b; echo 1 > a/x; ln -s a/b/../x l", "cat l || :", "rmdir a/b", "input missing: a/b")]
    [InlineData("mkdir a; echo 1 > a/x; ln -s a/b/../x l", "cat l || :", "mkdir a/b", "now exists: a/b")]
    [InlineData("mkdir -p v1/b v2/b bin; cp /bin/true v1/t; cp /bin/false v2/t; ln -s v1/b cur", "cur/../t || :",
        "ln -sfn v2/b cur", "link changed: cur: v1/b → v2/b")]

    // What it is, not where it leads.
    [InlineData("mkdir d e; echo 1 | tee d/f > e/f", "realpath d/f", "rm -r d; ln -s e d",
        "input replaced by a link: d")]
    [InlineData("mkdir -p p/d p/e; echo 1 | tee p/d/f > p/e/f", "cat p/d/f", "rm -r p/d; ln -s e p/d",
        "directory replaced by a link: p/d")]
    [InlineData("echo 1 | tee f > g", "cat f", "rm f; ln -s g f", "input replaced by a link: f")]
    [InlineData("mkdir d e", "ls d", "rmdir d; ln -s e d", "input replaced by a link: d")]
    [InlineData("", "[ -L x ] && echo link || :", "ln -s nowhere x", "now exists: x")]
    [InlineData("mkdir d e", "cat d/x || :", "rmdir d; ln -s e d", "directory replaced by a link: d")]
    [InlineData("", "mkdir d; echo 1 > d/f", "mv d e; ln -s e d", "output replaced by a link: d")]

    // Kinds in a listing.
    [InlineData("mkdir d; touch d/a", "find d -type f", "rm d/a; mkfifo d/a", "input replaced by a fifo: d/a")]
    [InlineData("mkdir d; touch d/a", "find d -type f", "rm d/a; ln -s b d/a", "input replaced by a link: d/a")]
    [InlineData("mkdir d; ln -s . d/a", "find d -type f", "rm d/a; mkdir d/a", "input replaced by a directory: d/a")]

    // Made and removed again.
    [InlineData("", "echo 1 > t; rm t", "echo 2 > t", "now exists: t")]
    [InlineData("", "mkdir lock; touch lock/pid; rm -r lock", "mkdir lock", "now exists: lock")]
    [InlineData("", "echo 1 > t; mv t u; rm u", "ln -s nowhere t", "now exists: t")]

    // Names of directories that the command takes over.
    [InlineData("mkdir d; echo 1 > d/f", "mv d e; cat e/f; cat e/g || :; mv e d", "echo 2 > d/g",
        "directory gained: d/g")]
    [InlineData("mkdir d; echo 1 > d/f", "rm -rf d; mkdir d; echo 2 > d/x", "echo 3 > d/y", "directory gained: d/y")]
    [InlineData("mkdir d; echo 1 > d/f", "mv d e || :", "echo 3 > e/y", "directory gained: e/y")]
    [InlineData("mkdir -p d/s", "mv d e; ls e/s; mv e d", "echo 3 > d/s/y", "directory gained: d/s/y")]
    [InlineData("mkdir d; touch d/a", "ls d; chmod 700 d; touch d", "touch d/b", "directory gained: d/b")]

    // What failed for want of a directory, or of what it would change places with.
    [InlineData("", "mkdir d/x || :", "mkdir d", "now exists: d")]
    [InlineData("", "echo 1 >> d/x || :", "mkdir d", "now exists: d")]
    [InlineData("ln -s d/x l", "echo 1 > l || :", "mkdir d", "now exists: d")]
    [InlineData("", "ln -s y d/x || :", "mkdir d", "now exists: d")]
    [InlineData("touch f", "mv f d/x || :", "mkdir d", "now exists: d")]
    [InlineData("touch f", "ln f d/x || :", "mkdir d", "now exists: d")]
    [InlineData("touch d", "mkdir d/x || :", "rm d; mkdir d", "input replaced by a directory: d")]
    [InlineData("", "mkdir d/../x || :", "mkdir d", "now exists: d")]
    [InlineData("mkdir d", "touch d; ls d", "touch d/x", "directory gained: d/x")]
    [InlineData("mkdir d", "echo 1 > d/own; chmod 700 d; ls d", "touch d/x", "directory gained: d/x")]
    [InlineData("mkdir d", "{ echo 1 > d/t; rm d/t; } 2> /dev/null || :", "rmdir d", "input missing: d")]
    [InlineData("mkdir d; touch d/x", "rm d/x 2> /dev/null || :", "rmdir d", "input missing: d")]
    [InlineData("mkdir d; touch e", "mv d/x e/x || :", "rmdir d", "input missing: d")]

    // Other answers than "it is not there".
    [InlineData("", "cat f/x || :", "touch f", "not found for another reason: f/x: nothing there → a file on the way")]
    [InlineData("touch f", "cat f/x || :", "rm f",
        "not found for another reason: f/x: a file on the way → nothing there")]

    // What makes a call fail.
    [InlineData("", "mkdir a/b || :", "mkdir a", "now exists: a")]
    [InlineData("", "(echo 1 > a/b) || :", "mkdir a", "now exists: a")]
    [InlineData("mkdir d; touch d/f", "rmdir d || :", "rm d/f", "input missing: d/f")]
    [InlineData("mkdir d e; touch e/f", "mv -T d e || :", "rm e/f", "input missing: e/f")]
    [InlineData("mkdir d", "mkdir d/$(printf 'x%.0s' $(seq 300)) || :", "rmdir d; touch d",
        "input replaced by a file: d")]
    [InlineData("printf '#!i\\n' > t; chmod +x t", "./t || :", "cp /bin/true i", "now exists: i")]
    [InlineData("printf '#!i\\n' > t; cp /bin/true i; chmod +x t; chmod -x i", "./t || :", "chmod +x i",
        "input mode changed: i: 0644 → 0755")]
    [InlineData("printf 'ZZZ' > s; chmod +x s", "env ./s || :", "printf 'ZZ' > s", "input changed: s")]

    // Modes of directories.
    [InlineData("mkdir d", "stat -c %a d", "chmod 700 d", "input mode changed: d: 0755 → 0700")]
    [InlineData("mkdir -p d/e", "ls -l d", "chmod 700 d/e", "input mode changed: d/e: 0755 → 0700")]
    public void Changed_RunsBecause(string before, string command, string change, string reason)
    {
        using RunScenario scenario = Scenario(before, command);
        scenario.RunTwice();
        Shell(scenario, change);
        Assert.Equal(reason, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("ln -s loop loop; ln -s nowhere dangling", "test -e dangling; test -e loop; cat loop; :")]
    [InlineData("ln -s b a; ln -s a b; mkdir d; ln -s . d/self", "cat a; ls -lL d; find -L d; cat d/self/self/x; :")]
    [InlineData("mkdir d; ln -s . d/self; touch d/x",
        "cat d/$(printf 'self/%.0s' $(seq 41))x; cat d/$(printf 'self/%.0s' $(seq 40))x; :")]
    [InlineData("mkdir d", "cat d/$(printf 'x%.0s' $(seq 300)); :")]
    [InlineData("", "test -e d/x; mkdir e; touch e/x; ln -s e d; cat d/x")]
    [InlineData("mkdir d; touch d/x", "rm d/x; rmdir d; mkdir e; touch e/x; ln -s e d")]
    [InlineData("", "test -e f/x; touch f")]
    [InlineData("touch f; mkfifo p", "mv -n f p || :; mv -T f p/ || :; ln -T f p || :")]
    [InlineData("mkfifo p; chmod 755 p; printf '#!%s/p\\n' $PWD > s; chmod 755 s", "./p || :; ./s || :")]
    [InlineData("", "mkdir -p out; echo 1 > out/a")]
    public void Unchanged_Skips(string before, string command)
    {
        using RunScenario scenario = Scenario(before, command);
        scenario.RunTwice();
    }

    [SkippableTheory]
    [InlineData("mkdir d; touch d/f; chmod 0 d", "ls d || :", "chmod 755 d", "input mode changed: d: 0000 → 0755")]
    [InlineData("mkdir d; chmod 555 d", "touch d/x || :", "chmod 755 d", "input mode changed: d: 0555 → 0755")]
    [InlineData("mkdir d; chmod 555 d", "[ -w d ] || :", "chmod 755 d", "input mode changed: d: 0555 → 0755")]
    public void DeniedToAnOrdinaryUser_RunsBecause(string before, string command, string change, string reason)
    {
        using RunScenario scenario = Scenario(before, command);
        if (Environment.UserName == "root")
        {
            // Who is denied nothing becomes somebody else.
            Requires.Program("setpriv");
            scenario.Launcher = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env",
                $"HOME={scenario.Directory.Results}"];
        }

        scenario.RunTwice();
        Shell(scenario, change);
        Assert.Equal(reason, scenario.Run());
    }

    [SkippableFact]
    public void FileInDirectoryThatTheCommandMakesOnly_Skips()
    {
        using RunScenario scenario = Scenario("", "mkdir -p out; echo 1 > out/a");
        scenario.RunTwice();
        Shell(scenario, "echo 2 > out/b");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    /// <summary>One process sees another's change before its call has ended; each round may be early or late.</summary>
    [SkippableTheory]
    [InlineData("", "mkdir d$i & until [ -e d$i ]; do :; done; wait; rmdir d$i")]
    [InlineData("", "echo 1 > t$i; mv t$i f$i & until [ -e f$i ]; do :; done; wait; rm f$i")]
    [InlineData("", "mkdir t$i; echo 1 > t$i/f; mv t$i d$i & until [ -e d$i/f ]; do :; done; wait; rm -r d$i")]
    [InlineData("touch $(seq 10)", "rm $i & while [ -e $i ]; do :; done; wait")]
    [InlineData("", "ln -s x l$i & until [ -L l$i ]; do :; done; wait; rm l$i")]
    public void PolledUntilTheCommandItselfMakesIt_Counts(string before, string round)
    {
        using RunScenario scenario = Scenario(before, $"for i in $(seq 10); do {round}; done");
        scenario.Run();
        Assert.DoesNotContain("it will run again", scenario.Last.Error, StringComparison.Ordinal);
    }

    private static RunScenario Scenario(string before, string command)
    {
        var scenario = new RunScenario("sh", "-c", command);
        Shell(scenario, before);
        return scenario;
    }

    private static void Shell(RunScenario scenario, string commands) =>
        Assert.Equal(0, CommandRunner.Run(scenario.Directory.Work, ["sh", "-c", commands]).ExitCode);
}

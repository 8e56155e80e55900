using System.Globalization;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Manifests;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>
/// A program that gives rights gives none where an ordinary user traces it. Without a filter it runs untraced, and
/// gives them. Either is said, and such a run does not count.
/// </summary>
public sealed class ProgramRightsTests
{
    [SkippableTheory]
    [InlineData("notify", "chmod 4755 it", "is set-user-ID (user 0)")]
    [InlineData("notify", "chmod 4711 it", "is set-user-ID (user 0)")]
    [InlineData("notify", "chmod 2755 it", "is set-group-ID (group 0)")]
    [InlineData("notify", "setcap cap_net_raw+ep it", "has capabilities")]
    [InlineData("ptrace", "chmod 4755 it", "is set-user-ID (user 0)")]
    public void Program_ThatWouldGiveAnOrdinaryUserRights_IsAReason(string engine, string make, string what)
    {
        using var directory = new WorkDirectory();
        CommandResult untraced = Prepare(directory, make);
        TracedRun run = TracedRun.With(directory, engine, [], Command("./it"), UnprivilegedTests.Launcher);
        Requires.That(untraced.Output != run.Result.Output, "needs a file system that gives rights");
        run.Succeeded();
        Assert.Contains("\"kind\":\"lost-rights\"", run.Trace.Verdict, StringComparison.Ordinal);
        Assert.Contains("\"complete\":false,\"allFiles\":false", run.Trace.Verdict, StringComparison.Ordinal);
        string line = Assert.Single(run.Result.Error.Split('\n'),
            line => line.StartsWith("fptrace: lost-rights: ", StringComparison.Ordinal));
        Assert.StartsWith($"fptrace: lost-rights: {directory.Path("it")} {what} and got none of its rights", line,
            StringComparison.Ordinal);
        Assert.Contains("run fptrace as root, or with --engine syscall", line, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("chmod 4755 it", "exec ./it", "is set-user-ID (user 0)")]
    [InlineData("chmod 4711 it", "./it; exit $?", "is set-user-ID (user 0)")]
    [InlineData("chmod 2755 it", "(./it); exit $?", "is set-group-ID (group 0)")]
    [InlineData("setcap cap_net_raw+ep it", "exec ./it", "has capabilities")]
    [InlineData("chmod 4755 it; echo \"#!$PWD/it\" > script; chmod 755 script", "exec ./script",
        "is set-user-ID (user 0)")]
    public void Program_WithoutFilter_KeepsItsRights(string make, string command, string what)
    {
        using var directory = new WorkDirectory();
        CommandResult untraced = Make(directory, make, command);
        TracedRun run = Kept(directory, [], command);
        Assert.Equal((3, untraced.Output), (run.Result.ExitCode, run.Result.Output));
        Assert.Contains("\"kind\":\"released\"", run.Trace.Verdict, StringComparison.Ordinal);
        Assert.Contains("\"complete\":false,\"allFiles\":false", run.Trace.Verdict, StringComparison.Ordinal);
        string line = Assert.Single(run.Result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"fptrace: released: {directory.Path("it")} {what} and ran untraced", line,
            StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Incomplete, Kept(directory, ["--require-complete"], command).Result.ExitCode);
    }

    [SkippableTheory]
    [InlineData("chmod 4755 it", "setpriv --no-new-privs ./it")]
    [InlineData("setcap cap_net_raw+ep it", "unshare -Ur ./it")]
    [InlineData("chmod 755 it", "./it")]
    [InlineData("chmod 4750 it; cp it that; chmod 755 that", "./it; ./that")]
    public void Program_WithoutFilterThatWouldGiveNoRights_IsTraced(string make, string command)
    {
        using var directory = new WorkDirectory();
        CommandResult untraced = Make(directory, make, command);
        TracedRun run = Kept(directory, [], command);
        Assert.Equal((untraced.ExitCode, untraced.Output), (run.Result.ExitCode, run.Result.Output));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    /// <summary>The tool waits for it as its first process, as a child of it, and as a survivor.</summary>
    [SkippableTheory]
    [InlineData("exec ./it end", 3)]
    [InlineData("./it end; exit 4", 4)]
    [InlineData("./it end & exit 5", 5)]
    public void Program_WithoutFilter_IsAwaited(string command, int status)
    {
        using var directory = new WorkDirectory();
        Make(directory, "chmod 4755 it", "exit");
        using LiveRun run = Start(directory, command);
        int pid = Pid(run);
        File.WriteAllText(directory.Path("end"), "");
        Assert.Equal(status, run.Finish().ExitCode);
        Assert.False(ProcessStatus.Of(pid).IsAlive, "the tool ended early");
    }

    [SkippableTheory]
    [InlineData("exec ./it end", signal.SIGTERM, 128 + signal.SIGTERM)]
    [InlineData("exec ./it end", signal.SIGINT, 128 + signal.SIGINT)]

    // Behind a proxy, and at no terminal.
    [InlineData("exec ./it end", signal.SIGINT, 128 + signal.SIGINT, "--survivors=linger")]
    [InlineData("./it end & exit 5", signal.SIGTERM, 5)]
    public void SignalToTheTool_ReachesAReleasedProgram(string command, int number, int status,
        params string[] options)
    {
        using var directory = new WorkDirectory();
        Make(directory, "chmod 4755 it", "exit");
        using LiveRun run = Start(directory, command, options);
        int pid = Pid(run);

        // Nothing else tells that the first process has ended.
        Assert.True(Wait.Until(() =>
            !command.Contains('&') || ProcessStatus.Of(ProcessStatus.Of(pid).ParentId).Name != "sh"));
        LiveRun.Kill(number, run.Pid);
        Assert.Equal(status, run.Finish().ExitCode);
        Assert.False(ProcessStatus.Of(pid).IsAlive, "the program runs on");
    }

    [SkippableTheory]
    [AllEngines]
    public void Command_HasNoNewPrivilegesOnlyForAFilter(string engine)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, [], ["grep", "NoNewPrivs", "/proc/self/status"],
            UnprivilegedTests.Launcher);
        Assert.EndsWith(engine == "syscall" ? "\t0\n" : "\t1\n", run.Succeeded().Result.Output,
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines("chown 65534 it; chmod 4755 it", "./it")]
    [AllEngines("chgrp 65534 it; chmod 2755 it", "./it")]

    // A lock, and no right of a group.
    [AllEngines("chmod 2745 it", "./it")]

    // Of a script the interpreter's rights count.
    [AllEngines("printf '#!/bin/sh\\n' > it; chmod 4755 it", "./it")]

    // They had none untraced, either.
    [AllEngines("chmod 4755 it", "setpriv --no-new-privs ./it")]
    [AllEngines("setcap cap_net_raw+ep it", "setpriv --no-new-privs env ./it")]

    // In a user namespace that knows neither the owner nor the file's capabilities.
    [AllEngines("chmod 4755 it", "unshare -U ./it")]
    [AllEngines("chmod 2755 it", "unshare -Ur ./it")]
    [AllEngines("setcap cap_net_raw+ep it", "unshare -U ./it")]
    [AllEngines("setcap cap_net_raw+ep it", "unshare -Ur ./it")]
    public void Program_ThatWouldGiveNoRights_IsNoReason(string engine, string make, string command)
    {
        using var directory = new WorkDirectory();
        CommandResult untraced = Prepare(directory, make, command);
        Requires.That(untraced.ExitCode == 0 || !command.StartsWith("unshare", StringComparison.Ordinal),
            "needs user namespaces");
        TracedRun run = TracedRun.With(directory, engine, [], Command(command), UnprivilegedTests.Launcher);
        Assert.Equal(untraced.Output, run.Result.Output);
        Assert.Equal(("", true), (run.Result.Error, run.Trace.IsComplete));
    }

    [SkippableTheory]
    [AllEngines("chmod 4755 it")]
    [AllEngines("setcap cap_net_raw+ep it")]
    public void Program_UnderNoNewPrivilegesFromOutside_IsNoReason(string engine, string make)
    {
        using var directory = new WorkDirectory();
        _ = Prepare(directory, make);
        TracedRun run = TracedRun.With(directory, engine, [], Command("./it"),
            [.. UnprivilegedTests.Launcher, "--no-new-privs"]);
        Assert.Equal(("", true), (run.Succeeded().Result.Error, run.Trace.IsComplete));
    }

    [SkippableTheory]
    [AllEngines]
    public void Program_TracedByRoot_GivesItsRights(string engine)
    {
        using var directory = new WorkDirectory();
        CommandResult untraced = Prepare(directory, "chmod 4755 it");
        TracedRun run = TracedRun.Of(directory, engine, [.. UnprivilegedTests.Launcher, .. Command("./it")]);
        Assert.Equal(untraced.Output, run.Succeeded().Result.Output);
        Assert.Equal(("", true), (run.Result.Error, run.Trace.IsComplete));
    }

    [SkippableFact]
    public void Run_WhoseProgramLostItsRights_DoesNotCount()
    {
        using var scenario = new RunScenario(Command("./it"));
        CommandResult untraced = Prepare(scenario.Directory, "chmod 4755 it");
        scenario.Launcher = [.. UnprivilegedTests.Launcher, "env", $"HOME={scenario.Directory.Results}"];
        scenario.Run();
        Requires.That(!untraced.Output.StartsWith(scenario.Last.Output, StringComparison.Ordinal),
            "needs a file system that gives rights");
        string refusal = scenario.Refusal();
        Assert.StartsWith(
            $"the last run was not seen completely: lost-rights: {scenario.Directory.Path("it")} is set-user-ID",
            refusal, StringComparison.Ordinal);
        Assert.Contains("run fptrace as root, or with --engine ", refusal, StringComparison.Ordinal);
        Assert.Equal(refusal, scenario.Run());
        scenario.Options = ["--engine", "syscall"];
        scenario.Run();
        Assert.Equal(untraced.Output, scenario.Last.Output);
        Assert.Contains("released: " + scenario.Directory.Path("it"), scenario.Refusal(), StringComparison.Ordinal);
    }

    private static TracedRun Kept(WorkDirectory directory, IReadOnlyList<string> options, string command) =>
        TracedRun.With(directory, "syscall", options, ["sh", "-c", command], UnprivilegedTests.Launcher);

    private static LiveRun Start(WorkDirectory directory, string command, params string[] options) =>
        LiveRun.Start(directory, "syscall", options, ["sh", "-c", command],
            ["env", "--default-signal=TERM,INT", .. UnprivilegedTests.Launcher]);

    private static int Pid(LiveRun run) => int.Parse(
        run.Await("pid", text => text.EndsWith('\n'))["pid ".Length..], CultureInfo.InvariantCulture);

    /// <summary>Makes a program that tells its rights, in a directory of the ordinary user.</summary>
    /// <returns>What he gets of the command untraced.</returns>
    private static CommandResult Make(WorkDirectory directory, string make, string command)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make such a program");
        Requires.Program("setpriv");
        Requires.That(!make.StartsWith("setcap", StringComparison.Ordinal) || Requires.InPath("setcap"),
            "needs the program setcap in PATH");
        CommandResult made = CommandRunner.Run(directory.Work,
            ["sh", "-ec", $"cp {TestPrograms.Path("rights")} it; chmod 755 it; {make}"]);
        Assert.True(made.ExitCode == 0, made.Error);
        return CommandRunner.Run(directory.Work, [.. UnprivilegedTests.Launcher, "sh", "-c", command]);
    }

    private static IReadOnlyList<string> Command(string script) =>
        ["sh", "-c", script + " -E '^(Uid|Gid|CapPrm)' /proc/self/status"];

    /// <summary>Makes a program that tells its rights.</summary>
    /// <returns>What an ordinary user gets of the command untraced.</returns>
    private static CommandResult Prepare(WorkDirectory directory, string make, string command = "./it")
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make such a program");
        Requires.Program("setpriv");
        Requires.That(!make.StartsWith("setcap", StringComparison.Ordinal) || Requires.InPath("setcap"),
            "needs the program setcap in PATH");
        CommandResult made = CommandRunner.Run(directory.Work, ["sh", "-ec", "cp \"$(command -v grep)\" it; " + make]);
        Assert.True(made.ExitCode == 0, made.Error);
        return CommandRunner.Run(directory.Work, [.. UnprivilegedTests.Launcher, .. Command(command)]);
    }
}

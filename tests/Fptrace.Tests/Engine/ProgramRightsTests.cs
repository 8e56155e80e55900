using Fptrace.Manifests;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A program that gives rights gives none where an ordinary user traces it: that is said, and such a run does
/// not count.</summary>
public sealed class ProgramRightsTests
{
    [SkippableTheory]
    [AllEngines("chmod 4755 it", "is set-user-ID (user 0)")]
    [AllEngines("chmod 4711 it", "is set-user-ID (user 0)")]
    [AllEngines("chmod 2755 it", "is set-group-ID (group 0)")]
    [AllEngines("setcap cap_net_raw+ep it", "has capabilities")]
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
        Assert.Contains("run fptrace as root", line, StringComparison.Ordinal);
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
        Assert.EndsWith("run fptrace as root", refusal, StringComparison.Ordinal);
        Assert.Equal(refusal, scenario.Run());
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

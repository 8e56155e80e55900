using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A file that the command could not read is no input, whoever the command has become; one that it could read
/// is.</summary>
public sealed class PermissionTests
{
    private const int Nobody = 65534;

    // Prints what could be read, which the trace must have, and nothing else.
    private const string ReadAll =
        "for f in open group private nothing closed/in; do cat $f >/dev/null 2>&1 && echo $f; done; :";

    [SkippableTheory]
    [AllEngines("open group private nothing closed/in", "")]
    [AllEngines("open", "setpriv --reuid 65534 --regid 65534 --clear-groups")]
    [AllEngines("open group", "setpriv --reuid 65534 --regid 65534 --groups 1234")]
    [AllEngines("open group closed/in", "setpriv --reuid 65533 --regid 1234 --clear-groups")]
    [AllEngines("open private", "setpriv --bounding-set -dac_override,-dac_read_search --inh-caps=-all")]
    [AllEngines("open group private nothing closed/in",
        "setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +dac_read_search --ambient-caps "
        + "+dac_read_search")]
    [AllEngines("open private", "unshare -U")]
    [AllEngines("open private", "unshare -Ur")]
    public void WhatCouldBeRead_IsRead(string engine, string expected, string launcher)
    {
        using WorkDirectory directory = Files();
        Requires.Program("setpriv");
        Requires.Program("unshare");
        string[] command = [.. launcher.Split(' ', StringSplitOptions.RemoveEmptyEntries), "sh", "-c", ReadAll];
        Requires.That(CommandRunner.Run("/", [.. command[..^2], "-c", ":"]).ExitCode == 0,
            $"needs that this works: {launcher}");
        AssertRead(TracedRun.With(directory, engine, ["--probes"], command), expected);
    }

    [SkippableTheory]
    [AllEngines("open group private nothing closed/in", "setresuid(-1, 0, -1)")]
    [AllEngines("open", "setresuid(-1, 65534, -1)")]
    [AllEngines("open", "seteuid(65534)")]
    [AllEngines("open", "setreuid(-1, 65534)")]
    public void IdsThatAreSet_CountWhenTheyAreOthers(string engine, string expected, string call)
    {
        using WorkDirectory directory = Files();
        Requires.Program("python3");

        // As make does first. Only a program that stays in the process has an effective id that is not the real one.
        string script = $$"""
            import os
            os.setresgid(-1, 0, -1); os.setresuid(-1, 0, -1); os.{{call}}
            for name in "open", "group", "private", "nothing", "closed/in":
                try:
                    os.read(os.open(name, os.O_RDONLY), 1)
                    print(name)
                except PermissionError:
                    pass
            """;
        AssertRead(TracedRun.With(directory, engine, ["--probes"], ["python3", "-ISc", script]), expected);
    }

    [SkippableTheory]
    [AllEngines]
    public void AccessControlList_CountsForTheUserItNames(string engine)
    {
        Requires.Program("python3");
        using WorkDirectory directory = Files();

        // acl(5): the owner may do all, user 65534 may read, nobody else may do anything.
        const string Grant = """
            import os, struct, sys
            entries = [(1, 6, -1), (2, 4, 65534), (4, 0, -1), (16, 4, -1), (32, 0, -1)]
            acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
            os.setxattr("private", "system.posix_acl_access", acl)
            """;
        Requires.That(CommandRunner.Run(directory.Work, ["python3", "-c", Grant]).ExitCode == 0,
            "needs a file system with access control lists");
        AssertRead(
            TracedRun.With(directory, engine, ["--probes"],
                ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "sh", "-c", ReadAll]),
            "open private");
    }

    [SkippableTheory]
    [AllEngines]
    public void SetuidProgram_ReadsAsItsOwner(string engine)
    {
        using WorkDirectory directory = Files();
        SetuidCat(directory, Nobody);
        AssertRead(TracedRun.With(directory, engine, ["--probes"],
            ["sh", "-c", ReadAll.Replace("cat", "./cat", StringComparison.Ordinal)]), "open");
    }

    /// <summary>Under the third engine such a program keeps its rights, and runs untraced: see
    /// <see cref="ProgramRightsTests"/>.</summary>
    [SkippableTheory]
    [InlineData("notify")]
    [InlineData("ptrace")]
    public void SetuidProgram_OfAnOrdinaryUser_GainsNothingUnderAFilter(string engine)
    {
        using WorkDirectory directory = Files();
        SetuidCat(directory, 0);
        AssertRead(
            TracedRun.With(directory, engine, ["--probes"],
                ["sh", "-c", ReadAll.Replace("cat", "./cat", StringComparison.Ordinal)],
                [.. UnprivilegedTests.Launcher]),
            "open");
    }

    [SkippableTheory]
    [AllEngines("open", "")]
    [AllEngines("open", "unshare -U")]
    [AllEngines("open nothing", "unshare -Ur")]
    [AllEngines("open nothing", "unshare -Urmpf")]
    public void OrdinaryUser_InANamespaceOfItsOwn_ReadsItsOwnFilesWhateverTheirMode(string engine, string expected,
        string launcher)
    {
        using WorkDirectory directory = Files();
        string[] command = [.. launcher.Split(' ', StringSplitOptions.RemoveEmptyEntries), "sh", "-c", ReadAll];
        Requires.That(
            CommandRunner.Run("/", [.. UnprivilegedTests.Launcher, .. command[..^2], "-c", ":"]).ExitCode == 0,
            $"needs that an ordinary user may do this: {launcher}");
        AssertRead(TracedRun.With(directory, engine, ["--probes"], command, [.. UnprivilegedTests.Launcher]), expected);
    }

    private static void AssertRead(TracedRun run, string expected)
    {
        run.Succeeded();
        string[] read = run.Result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, string.Join(' ', read));

        // What only the directory above denies may count as read in a user namespace: more than there was, and never
        // less.
        string[] more = run.Trace.Executions.Any(execution => execution.Arguments[0] == "unshare") ? ["closed/in"] : [];
        Assert.Equal(read.Order(), Paths(run, "read").Except(more));
        Assert.Empty(Paths(run, "absent").Intersect(read));
    }

    private static IEnumerable<string> Paths(TracedRun run, string kind) => run.OwnAccesses
        .Select(access => access.Split(' '))
        .Where(words => words[1] == kind && words[2] != "cat")
        .Select(words => words[2])
        .Distinct()
        .Order();

    private static WorkDirectory Files()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("closed"));
        foreach (string name in (string[])["open", "group", "private", "nothing", "closed/in"])
        {
            directory.Write(name, name + "\n");
        }

        Own(directory, "open", "0:0", "644");
        Own(directory, "group", "0:1234", "040");
        Own(directory, "private", "0:0", "600");
        Own(directory, "nothing", "65534:65534", "000");
        Own(directory, "closed", "65533:0", "700");
        return directory;
    }

    private static void SetuidCat(WorkDirectory directory, int user)
    {
        File.Copy("/bin/cat", directory.Path("cat"));
        Own(directory, "cat", $"{user}:{user}", "4755");
    }

    private static void Own(WorkDirectory directory, string name, string owner, string mode)
    {
        Assert.Equal(0, CommandRunner.Run(directory.Work, ["chown", owner, name]).ExitCode);
        Assert.Equal(0, CommandRunner.Run(directory.Work, ["chmod", mode, name]).ExitCode);
    }
}

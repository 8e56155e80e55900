using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>In another root or namespace, files have the names that they have outside; what has none gets a fictional
/// one.</summary>
public sealed class WorldTests
{
    private static readonly string[] s_bubble =
    [
        "bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib",
        "--symlink", "usr/lib64", "/lib64",
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--unshare-all", "--bind",
    ];

    [SkippableTheory]
    [AllEngines]
    public void Bubblewrap_HasTheNamesOutside(string engine)
    {
        Requires.Program("bwrap");
        using var directory = new WorkDirectory();
        directory.Write("in", "text\n");
        string[] bubble = [.. s_bubble, directory.Work, "/inside", "--chdir", "/inside"];
        RequireThat([.. bubble, "true"]);
        const string Script =
            "cat in > out; mv out /inside/moved; cat /dev/stdin < /inside/in; cat /proc/self/status; echo x > /tmp/y; "
                + "cat /tmp/y; cat ../inside/absent";
        TracedRun run = TracedRun.With(directory, engine, ["--probes"], [.. bubble, "sh", "-c", Script]);
        Assert.Equal(1, run.Result.ExitCode);
        string[] own =
            [.. run.OwnAccesses.Select(access => access[(access.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
        Assert.Contains("create out", own);
        Assert.Contains("rename-from out moved", own);
        Assert.Contains("rename-to moved out", own);
        Assert.Contains("absent absent", own);
        Assert.Equal(3, own.Count(access => access == "read in"));
        Assert.Matches(@"^create /dev/fptrace/mount/\d+/y$",
            own.Single(access => access.EndsWith("/y", StringComparison.Ordinal)
                && access.StartsWith("create", StringComparison.Ordinal)));
        Assert.Contains(own, access => access.StartsWith("read /dev/fptrace/mount/", StringComparison.Ordinal)
            && access.EndsWith("/y", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Trace.Accesses, access => access.Path.StartsWith("/inside", StringComparison.Ordinal)
            || access.Path is "/tmp/y");
        Assert.Contains(run.Trace.Accesses, access => access.Path == "/proc/self/status" && access.Kind == "read");
        Assert.DoesNotContain(run.Trace.Accesses,
            access => access.Path.StartsWith("/dev/fptrace/mount/", StringComparison.Ordinal)
                && access.Path.Contains("/proc/self", StringComparison.Ordinal));
        DepsRecord shell = run.Record("sh");
        Assert.Equal(directory.Work, shell.Directory);
        Assert.EndsWith("/bin/sh", shell.Path, StringComparison.Ordinal);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines("unshare -Urmpf --mount-proc")]
    [AllEngines("unshare -Ur")]
    [AllEngines("unshare -m")]
    public void Namespaces_LoseNothing(string engine, string launcher)
    {
        using var directory = new WorkDirectory();
        directory.Write("in", "text\n");
        const string Script =
            "cat in > out; cat \"$PWD/in\" < /dev/null; cat /dev/fd/0 < in; read line < /proc/self/stat; cat absent; "
                + "rm out; :";
        string[] command = [.. launcher.Split(' '), "sh", "-c"];
        RequireThat([.. command, ":"]);
        TracedRun run = TracedRun.With(directory, engine, ["--probes"], [.. command, Script]).Succeeded();
        string[] own =
            [.. run.OwnAccesses.Select(access => access[(access.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
        Assert.Contains("create out", own);
        Assert.Contains("delete out", own);
        Assert.Contains("absent absent", own);
        Assert.Equal(4, own.Count(access => access == "read in"));
        Assert.Contains(run.Trace.Accesses, access => access.Path == "/proc/self/stat" && access.Kind == "read");
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void BoundDirectory_HasTheNameOfTheOriginal(string engine)
    {
        using var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("original/sub"));
        Directory.CreateDirectory(directory.Path("bound"));
        string[] command = ["unshare", "-m", "sh", "-c"];
        RequireThat([.. command, $"mount --bind {directory.Path("original")} {directory.Path("bound")}"]);
        TracedRun run = TracedRun.Of(directory, engine,
            [.. command,
            "mount --bind original bound; echo a > bound/sub/a; cd bound/sub; echo b > b; ln -s a bound; cat bound; "
            + "cat ../../bound/sub/b"]).Succeeded();
        Assert.Equal(
            ["original/sub/a create", "original/sub/b create", "original/sub/bound symlink", "original/sub/bound read",
                "original/sub/b read"],
            run.OwnAccesses.Select(access => access.Split(' ')).Select(words => $"{words[2]} {words[1]}"));
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void MountInOurOwnNamespace_IsAReason(string engine)
    {
        using var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("top"));
        directory.Write("top/covered", "");
        string[] launcher = ["unshare", "-m"];
        RequireThat([.. launcher, "mount", "-t", "tmpfs", "none", directory.Path("top")]);
        TracedRun run = TracedRun.With(directory, engine, [], ["mount", "-t", "tmpfs", "none", directory.Path("top")],
            launcher).Succeeded();
        Assert.False(run.Trace.IsComplete);
        Assert.Contains("\"mount-namespace\"", run.Trace.Verdict, StringComparison.Ordinal);
    }

    /// <summary>The command takes away what covers a directory, and we go on seeing the cover.</summary>
    [SkippableTheory]
    [AllEngines]
    public void FileThatIsCoveredOutside_IsAReason(string engine)
    {
        using var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("covered"));
        directory.Write("covered/file", "text\n");
        string[] launcher = ["unshare", "-m", "sh", "-c",
            "mount -t tmpfs none covered && exec \"$@\" < /dev/null", "sh"];
        string[] command = ["unshare", "-m", "sh", "-c", "umount covered; cat covered/file"];
        Requires.That(CommandRunner.Run(directory.Work, [.. launcher, .. command]) is { ExitCode: 0, Output: "text\n" },
            "needs mounts");
        TracedRun run = TracedRun.With(directory, engine, [], command, launcher).Succeeded();
        Assert.Equal("text\n", run.Result.Output);
        Assert.Contains("covered/file in another mount namespace", run.Trace.Verdict, StringComparison.Ordinal);
    }

    /// <summary>Neither the command's mounts nor ours have the one by which it was opened.</summary>
    [SkippableTheory]
    [AllEngines]
    public void DescriptorFromBeforeAllNamespaces_HasItsName(string engine)
    {
        using var directory = new WorkDirectory();
        directory.Write("file", "");
        RequireThat(["unshare", "-m", "unshare", "-m", "true"]);
        TracedRun run = TracedRun.With(directory, engine, [], ["unshare", "-m", "true"], "sh", "-c",
            "exec 5< file && exec unshare -m \"$@\"", "sh").Succeeded();
        Assert.Equal(directory.Path("file"), run.Record("true").Descriptors["5"]);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines]
    public void EnteredNamespace_HasTheNamesOutside(string engine)
    {
        Requires.Program("nsenter");
        using var directory = new WorkDirectory();
        Directory.CreateDirectory(directory.Path("original"));
        Directory.CreateDirectory(directory.Path("bound"));
        RequireThat(["unshare", "-m", "true"]);

        // A process of another namespace, which is not traced, and which the command enters.
        string[] holder = ["unshare", "-m", "sh", "-c", "mount --bind original bound && echo ready && exec sleep 60"];
        using System.Diagnostics.Process process = CommandRunner.Start(directory.Work, holder);
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        try
        {
            string target = $"{process.Id}";
            TracedRun run = TracedRun.Of(directory, engine, "nsenter", "-t", target, "-m", "sh", "-c",
                $"echo a > {directory.Path("bound/a")}").Succeeded();
            Assert.Equal(["original/a"],
                run.OwnAccesses.Select(access => access.Split(' ')).Where(words => words[1] == "create")
                    .Select(words => words[2]));
            Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
        }
        finally
        {
            process.Kill();
        }
    }

    private static void RequireThat(string[] works) =>
        Requires.That(CommandRunner.Run("/", works).ExitCode == 0, $"needs that this works: {string.Join(' ', works)}");
}

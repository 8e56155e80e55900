using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine.Failures;

/// <summary>An output that cannot be written: one line that names it, an exit code of its own, and what stood there
/// stays.</summary>
public sealed class FailingOutputTests
{
    // Fills 64 KiB: the accesses of a thousand names do not fit, the tool's start does. Whatever is left in it is
    // listed.
    private const string OnSmallDisk =
        "mount -t tmpfs -o size=64k tmpfs \"$1\" && echo old > \"$1/trace.json\" && echo old > \"$1/deps.json\" && "
            + "echo old > \"$1/events\" || exit 77; place=$1; shift; "
        + "\"$@\"; status=$?; find \"$place\" -mindepth 1 -maxdepth 1 | sort; cat \"$place\"/trace.json "
            + "\"$place\"/deps.json \"$place\"/events; exit $status";

    [SkippableTheory]
    [InlineData("-o", "trace.json")]
    [InlineData("-d", "deps.json")]
    [InlineData("-t", "events")]
    public void FullDisk_LeavesTheOldFile(string option, string name)
    {
        Requires.Program("unshare");
        using var directory = new WorkDirectory();
        string file = Path.Combine(directory.Results, name);
        CommandResult result = CommandRunner.Run(
            directory.Work,
            [
                "unshare", "-Urm", "sh", "-c", OnSmallDisk, "sh", directory.Results,
                .. FptraceExecutable.Command, option, file, "--", "sh", "-c",
                "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); : > a-name-that-takes-some-room-$i; done; echo done > "
                + "marker",
            ]);
        Requires.That(result.ExitCode != TestProgram.Unsupported
            && !result.Error.StartsWith("unshare", StringComparison.Ordinal),
                "needs user namespaces with tmpfs: " + result.Error);
        Assert.Equal(
            (ExitCodes.Output,
                $"fptrace: cannot write {file}: no space left on device; free some space or choose another place\n"),
                (result.ExitCode, result.Error));
        Assert.Equal(
            string.Concat(
                from output in (string[])["deps.json", "events", "trace.json"] select $"{directory.Results}/{output}\n")
            + "old\nold\nold\n",
            result.Output);
        Assert.Equal("done\n", File.ReadAllText(directory.Path("marker")));
    }

    [SkippableFact]
    public void FullDisk_OfScripts_IsOneLine()
    {
        Requires.Program("unshare");
        using var directory = new WorkDirectory();
        CommandResult result = CommandRunner.Run(
            directory.Work,
            [
                "unshare", "-Urm", "sh", "-c", OnSmallDisk, "sh", directory.Results,
                .. FptraceExecutable.Command, "-s", directory.Results + "/scripts", "--", "sh", "-c",
                "i=0; while [ $i -lt 40 ]; do i=$((i+1)); env true $i; done; echo done > marker",
            ]);
        Requires.That(result.ExitCode != TestProgram.Unsupported
            && !result.Error.StartsWith("unshare", StringComparison.Ordinal),
                "needs user namespaces with tmpfs: " + result.Error);
        Assert.Equal(
            (ExitCodes.Output,
                $"fptrace: cannot write {directory.Results}/scripts: no space left on device; free some space or "
                + "choose another place\n"), (result.ExitCode, result.Error));
        Assert.Equal("done\n", File.ReadAllText(directory.Path("marker")));
    }

    [Theory]
    [InlineData("-o")]
    [InlineData("-d")]
    [InlineData("-t")]
    public void FullDevice_IsOneLine(string option)
    {
        using var directory = new WorkDirectory();
        CommandResult result = CommandRunner.Run(directory.Work,
            [.. FptraceExecutable.Command, option, "/dev/full", "--", "sh", "-c", "echo done > marker; exit 3"]);
        Assert.Equal(
            (ExitCodes.Output,
                "fptrace: cannot write /dev/full: no space left on device; free some space or choose another place\n"),
                (result.ExitCode, result.Error));
        Assert.Equal("done\n", File.ReadAllText(directory.Path("marker")));
    }

    [SkippableTheory]
    [InlineData("open-output", errno.ENOSPC)]
    [InlineData("open-output", errno.EDQUOT)]
    [InlineData("open-output", errno.EMFILE)]
    [InlineData("write-output", errno.EIO)]
    [InlineData("write-output", errno.EDQUOT)]
    [InlineData("write-output", errno.ENOSPC)]
    [InlineData("rename-target", errno.EIO)]
    [InlineData("rename-target", errno.ENOSPC)]
    public void FailedCall_LeavesTheOldFileAndNoTemporary(string call, int error)
    {
        using var directory = new WorkDirectory();
        string file = Path.Combine(directory.Results, "trace.json");
        File.WriteAllText(file, "old");
        CommandResult result = CommandRunner.Run(
            directory.Work,
            [.. new InjectedFault(call, "1+", error).Around(directory), .. FptraceExecutable.Command, "-o", file, "--",
                "sh", "-c", "exit 3"]);
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs ptrace");
        Assert.NotEqual(0, InjectedFault.Count(directory).Failed);
        Assert.Equal(ExitCodes.Output, result.ExitCode);
        Assert.Matches($"^fptrace: cannot write {file}: [^\n]+; [^\n]+\n$", result.Error);
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(directory.Results));
    }
}

using System.Diagnostics;
using Fptrace.Linux.Headers;
using Fptrace.Support;

namespace Fptrace.Engine.Mounts;

/// <summary>Shows the directory src at mnt by FUSE, and stands still when a test wants it to.</summary>
internal sealed class StalledMount : IDisposable
{
    private readonly WorkDirectory _directory;
    private readonly Process _daemon;

    private StalledMount(WorkDirectory directory, Process daemon) => (_directory, _daemon) = (directory, daemon);

    /// <summary>Mounts it, without a cache of attributes and names: each look asks the daemon.</summary>
    public static StalledMount Begin(WorkDirectory directory)
    {
        Require();
        Prepare(directory);
        Process daemon = CommandRunner.Start(directory.Work,
            ["bindfs", "-f", "--no-allow-other", "-o", "attr_timeout=0,entry_timeout=0", "src", "mnt"]);
        Wait.Until(() => daemon.HasExited
            || File.ReadAllText("/proc/self/mountinfo").Contains(directory.Path("mnt"), StringComparison.Ordinal));
        Requires.That(!daemon.HasExited, "needs the right to mount FUSE");

        // It is there before its daemon answers.
        Assert.True(File.Exists(directory.Path("mnt/file")));
        return new StalledMount(directory, daemon);
    }

    public static void Require()
    {
        Requires.Program("bindfs");
        Requires.Program("fusermount3");
        Requires.That(File.Exists("/dev/fuse"), "needs /dev/fuse");
    }

    public static void Prepare(WorkDirectory directory)
    {
        Directory.CreateDirectory(directory.Path("src/dir"));
        Directory.CreateDirectory(directory.Path("mnt"));
        directory.Write("src/file", "file\n");
        directory.Write("src/old", "old\n");
        directory.Write("src/dir/one", "one\n");
    }

    /// <summary>The process that answers, or does not.</summary>
    public int DaemonId => _daemon.Id;

    public void Stop() => LiveRun.Kill(signal.SIGSTOP, _daemon.Id);

    public void Continue() => LiveRun.Kill(signal.SIGCONT, _daemon.Id);

    public void Dispose()
    {
        Continue();
        CommandRunner.Run(_directory.Work, ["fusermount3", "-u", "-z", "mnt"]);
        Assert.True(_daemon.WaitForExit(Wait.Limit));
        _daemon.Dispose();
    }
}

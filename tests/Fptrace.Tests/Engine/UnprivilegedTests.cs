using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>Tracing asks for no privilege.</summary>
public sealed class UnprivilegedTests
{
    internal static IReadOnlyList<string> Launcher { get; } = ["setpriv", "--reuid", "65534", "--regid", "65534",
        "--clear-groups"];

    [SkippableTheory]
    [AllEngines]
    public void OrdinaryUser_GetsTheSameRecords(string engine)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        Requires.Program("setpriv");
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.With(directory, engine, [], SeedPipelineTests.Command, [.. Launcher]);
        SeedPipelineTests.AssertRecords(run, directory);
    }

    /// <summary>What he does not see of others in /proc is none of the command's.</summary>
    [SkippableTheory]
    [AllEngines]
    public void OrdinaryUser_WhoSeesOnlyHisOwnProcesses_GetsTheSameRecords(string engine)
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make mounts of its own");
        Requires.Program("setpriv");
        using var directory = new WorkDirectory();

        // In a PID namespace of its own: a remount of ours would change that of everybody.
        string[] hidden = ["unshare", "-m", "-p", "-f", "sh", "-c",
            "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "sh"];
        TracedRun run = TracedRun.With(directory, engine, [], SeedPipelineTests.Command, [.. hidden, .. Launcher]);
        SeedPipelineTests.AssertRecords(run, directory);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }
}

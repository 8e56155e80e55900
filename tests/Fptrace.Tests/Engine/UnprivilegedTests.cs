using Fptrace.Support;
using Fptrace.Tracing.Launch;

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
}

using Fptrace.Support;

namespace Fptrace.Tracing.Calls;

public sealed class CoveragePageTests
{
    [Fact]
    public void ThePageIsWhatTheTableSays()
    {
        string path = Path.Combine(Repository.Root, "docs", "coverage.md");
        string expected = CoveragePage.Render(SyscallTable.Rows);
        if (Environment.GetEnvironmentVariable("FPTRACE_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path), "docs/coverage.md is missing; run the test with FPTRACE_ACCEPT=1.");
        Assert.True(expected == File.ReadAllText(path),
            "docs/coverage.md is stale; run the test with FPTRACE_ACCEPT=1 and look at the difference.");
    }
}

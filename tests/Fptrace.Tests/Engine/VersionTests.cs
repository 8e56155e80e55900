using Fptrace.Commands;
using Fptrace.Support;

namespace Fptrace.Engine;

public sealed class VersionTests
{
    [SkippableFact]
    public void Version_OfAClone_HoldsItsCommit()
    {
        Requires.Program("git");
        CommandResult head = Git("rev-parse", "--short", "HEAD");
        Skip.If(head.ExitCode != 0, "this tree is no clone");
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Contains(head.Output.Trim(), ToolVersion.Line, StringComparison.Ordinal);
        }

        // What was built before the newest commit and runs with --no-build names that of its build.
        Assert.Equal("commit\n",
            Git("cat-file", "-t",
            ToolVersion.Line[(ToolVersion.Line.IndexOf('+', StringComparison.Ordinal) + 1)..]).Output);
    }

    [Fact]
    public void Version_OfTheExecutable_IsPrinted() =>
        Assert.StartsWith("fptrace ", CommandRunner.Run("/", [.. FptraceExecutable.Command, "--version"]).Output,
            StringComparison.Ordinal);

    private static CommandResult Git(params string[] arguments) =>
        CommandRunner.Run(Repository.Root, ["git", "-c", "safe.directory=*", .. arguments]);
}

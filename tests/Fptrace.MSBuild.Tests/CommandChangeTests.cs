namespace Fptrace.MSBuild;

public sealed class CommandChangeTests
{
    [Theory]
    [InlineData("gen --level 1 in", "gen --level 2 in", "the command changed: 1 → 2")]
    [InlineData("gen in", "gen in out", "the command changed: added out")]
    [InlineData("gen a a in", "gen a in", "the command changed: removed a")]
    [InlineData("gen  in", "gen in", "the command changed in its spaces")]
    [InlineData("digest 0123456789abcdef", "digest fedcba9876543210", "the command changed")]
    public void Change_NamesTheWordsThatDiffer(string old, string now, string reason) =>
        Assert.Equal(reason, CommandChange.Describe(old, now));
}

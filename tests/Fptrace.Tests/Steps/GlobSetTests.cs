using System.Text;

namespace Fptrace.Steps;

public sealed class GlobSetTests
{
    [Theory]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "deep/er/a.log", true)]
    [InlineData("*.log", "a.log/below", true)]
    [InlineData("*.log", "a.log2", false)]
    [InlineData("build", "x/build/y", true)]
    [InlineData("build/", "x/build/y", true)]
    [InlineData("a/*", "a/b", true)]
    [InlineData("a/*", "a/b/c", true)]
    [InlineData("a/*.o", "a/b/c.o", false)]
    [InlineData("a/*.o", "x/a/c.o", false)]
    [InlineData("a/**/c", "a/c", true)]
    [InlineData("a/**/c", "a/b/b/c", true)]
    [InlineData("**/c", "a/b/c", true)]
    [InlineData("**/c", "c", true)]
    [InlineData("**/c", "bc", false)]
    [InlineData("**/c", "a/bc", false)]
    [InlineData("a/**/c", "a/bc", false)]
    [InlineData("a/**/c*d", "a/b/xcd", false)]
    [InlineData("a/**/b/**/c*", "a/b/x/b/cd", true)]
    [InlineData("x**/c", "xyz/a/c", true)]
    [InlineData("./a**c", "a/b/xc", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("./name", "name", true)]
    [InlineData("./name", "deep/name", false)]
    [InlineData("/usr/lib", "/usr/lib/x", true)]
    [InlineData("/usr/lib", "usr/lib/x", false)]
    [InlineData("[a-c]?.h", "bz.h", true)]
    [InlineData("[!a-c]?.h", "bz.h", false)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("a?b/x", "a/b/x", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "x", false)]
    [InlineData("*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("", "a", false)]
    public void Pattern_MatchesPath(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new GlobSet([pattern]).Matches(Encoding.UTF8.GetBytes(path)));

    /// <summary>A pattern's literal beginning and end, and its last name, rule out only what does not match.</summary>
    [Fact]
    public void WhatRulesOut_ChangesNoAnswer()
    {
        var random = new Random(20);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] pattern = Bytes("aab//**?[]\\!-"), text = Bytes("aab/*]-");
            Assert.True(GlobPattern.Match(pattern, text) == new GlobPattern(pattern).Matches(text),
                $"{Encoding.UTF8.GetString(pattern)} and {Encoding.UTF8.GetString(text)}");
        }

        byte[] Bytes(string letters) =>
            Encoding.UTF8.GetBytes(random.GetItems(letters.ToCharArray(), random.Next(1, 8)));
    }

    [Theory]
    [InlineData("a*[b]?\\c/d")]
    [InlineData("plain/name")]
    public void Escaped_MatchesItselfAlone(string text)
    {
        var set = new GlobSet([GlobSet.Escape(text)]);
        Assert.True(set.Matches(Encoding.UTF8.GetBytes(text)));
        Assert.False(
            set.Matches(
                Encoding.UTF8.GetBytes(text.Replace('*', 'x').Replace("plain", "plaim", StringComparison.Ordinal))));
    }
}

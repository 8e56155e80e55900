using Fptrace.Steps;

namespace Fptrace.Manifests;

public sealed class StoredPathTests
{
    [Theory]
    [InlineData("/p/a/b", "/p", "a/b")]
    [InlineData("/p", "/p", ".")]
    [InlineData("/pq/a", "/p", "/pq/a")]
    [InlineData("/a", "/", "/a")]
    [InlineData("/", "/", "/")]
    public void Path_IsStoredAndExpanded(string path, string root, string stored)
    {
        Assert.Equal(stored,
            StoredPath.Shorten(SampleManifest.Bytes(path), SampleManifest.Bytes(root)).ToString());
        Assert.Equal(path, StoredPath.Expand(SampleManifest.Bytes(stored), SampleManifest.Bytes(root)).ToString());
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData(".", true)]
    [InlineData("/", true)]
    [InlineData("/a/.b/..c", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("../a", false)]
    [InlineData("a/..", false)]
    [InlineData("a/./b", false)]
    [InlineData("./a", false)]
    [InlineData("a/", false)]
    [InlineData("//a", false)]
    [InlineData("/a/../b", false)]
    [InlineData("a\0b", false)]
    public void Text_IsAPathOrNot(string text, bool valid) =>
        Assert.Equal(valid, StoredPath.IsValid(SampleManifest.Bytes(text).Span));

    [Fact]
    public void TooLong_IsNoPath()
    {
        // What is too long for one file system is not for another.
        Assert.True(StoredPath.IsValid(SampleManifest.Bytes(new string('a', 256)).Span));
        Assert.False(StoredPath.IsValid(SampleManifest.Bytes(new string('a', 4096)).Span));
        Assert.False(StoredPath.IsValid(SampleManifest.Bytes(string.Concat(Enumerable.Repeat("/abcdefg", 512))).Span));
    }
}

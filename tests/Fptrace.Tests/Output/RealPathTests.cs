using System.Text;
using Fptrace.Output;

namespace Fptrace.Tests.Output;

public sealed class RealPathTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("a/b/x", "a/b/x")]
    [InlineData("./a//b/../x", "a/x")]
    [InlineData("link/x", "a/b/x")]
    [InlineData("link/../x", "a/x")]
    [InlineData("a/b/up", "a/target")]
    [InlineData("link/up", "a/target")]
    [InlineData("missing/x", "missing/x")]
    public void Links_AreFollowedAsTheKernelDoes(string path, string expected)
    {
        Directory.CreateDirectory(_directory.File("a/b"));
        Directory.CreateSymbolicLink(_directory.File("link"), _directory.File("a/b"));
        File.CreateSymbolicLink(_directory.File("a/b/up"), "../target");

        Assert.Equal(Of(_directory.Path) + "/" + expected, Of(_directory.Path + "/" + path));
    }

    [Fact]
    public void Circle_IsAnOutputThatCannotBeWritten()
    {
        File.CreateSymbolicLink(_directory.File("a"), "b");
        File.CreateSymbolicLink(_directory.File("b"), "a");

        FptraceException e = Assert.Throws<FptraceException>(() => new OutputFile(_directory.File("a")));
        Assert.Contains("circle", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnDescriptor_BehindALink_IsSeen()
    {
        File.CreateSymbolicLink(_directory.File("out"), "/proc/self/fd/1");
        Assert.Equal(1, RealPath.DescriptorOf(RealPath.Of(Encoding.UTF8.GetBytes(_directory.File("out")))));
    }

    private static string Of(string path) => Encoding.UTF8.GetString(RealPath.Of(Encoding.UTF8.GetBytes(path)));
}

using System.Text;
using Fptrace.Engine;
using Fptrace.Manifests.Checking;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>The way to a stored path, in one step and name by name.</summary>
public sealed class PathCursorTests : IDisposable
{
    private const int ENOENT = 2;
    private const int ENOTDIR = 20;
    private const int ELOOP = 40;

    // Sorted as a manifest has them, then out of order: what one path leaves open or blocked must not show in the next
    // one.
    private static readonly (string Path, int Error, int StoppedAt)[] s_looks =
    [
        (".", 0, 0), ("a/b/c/f", 0, 0), ("a/b/c/g", 0, 0), ("a/b/h", 0, 0), ("a/b/link/f", ELOOP, 8),
        ("a/b/link/g/h", ELOOP, 8), ("a/file/x", ENOTDIR, 6),
        ("a/gone/x", ENOENT, 6), ("a/gone/x/y", ENOENT, 6), ("a/gone2/x", ENOENT, 7), ("a/i", 0, 0), ("top", 0, 0),
        ("a/gone/x", ENOENT, 6), ("a/b/c/f", 0, 0),
        ("/", 0, 0), ("/gone/x", ENOENT, 5), ("gone/x", ENOENT, 4), ("/gone/y", ENOENT, 5), ("/tmp/x", 0, 0),
        ("a/b/link/f", ELOOP, 8), ("a/b/c/f", 0, 0),
    ];

    private readonly WorkDirectory _directory = new();

    public PathCursorTests()
    {
        string root = _directory.Work;
        Directory.CreateDirectory(root + "/a/b/c");
        File.CreateSymbolicLink(root + "/a/b/link", "c");
        File.WriteAllText(root + "/a/file", "");
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PathAfterPath_EachStopsWhereItsOwnWayDoes(bool byName)
    {
        var root = new ByteString(Encoding.UTF8.GetBytes(_directory.Work));
        using var cursor = new PathCursor(root) { GoesByName = byName };
        foreach ((string path, int error, int stoppedAt) in s_looks)
        {
            ReadOnlySpan<byte> name = cursor.Go(Encoding.UTF8.GetBytes(path));
            Assert.Equal((path, error), (path, cursor.Error));
            Assert.Equal((path, stoppedAt), (path, error == 0 ? 0 : cursor.StoppedAt));
            Assert.Equal(0, name[^1]);
        }
    }
}

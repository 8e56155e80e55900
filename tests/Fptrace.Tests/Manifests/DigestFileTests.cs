using Fptrace.Engine;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Manifests.Checking;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests;

/// <summary>What a file that was read before is known for, and what becomes of the file of digests when others use it,
/// too.</summary>
public sealed class DigestFileTests : IDisposable
{
    private const ulong Device = 0x800000001;
    private static readonly ContentDigest s_digest = new(1, 2, 3, 4);
    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void File_ReadBefore_IsKnown()
    {
        string file = Write("a", "content");
        Add(file, s_digest);
        Assert.True(TryFind(file, out FileState state));
        FileLook look = Look(file);
        Assert.Equal(new FileState(FileType.Regular, look.Mode, look.Size, s_digest, look.Times), state);
    }

    [Theory]
    [InlineData("chmod 600 a && touch -r a a")]
    [InlineData("printf CONTENT > a")]
    [InlineData("cp -p a b && mv b a")]
    [InlineData("printf x >> a")]
    public void File_ChangedSince_IsUnknown(string change)
    {
        // Longer than a tick of the clock that the kernel stamps files by.
        string file = Write("a", "content");
        Add(file, s_digest);
        CommandRunner.Run(_directory.Work, ["sh", "-c", "sleep 0.05; " + change]);
        Assert.False(TryFind(file, out _));
    }

    [Fact]
    public void OtherPath_OfTheSameFile_IsUnknown()
    {
        string file = Write("a", "content");
        Add(file, s_digest);
        using DigestFile digests = Open();
        Assert.True(digests.TryFind(ByteString.Parse(file), Look(file), out _));
        Assert.False(digests.TryFind(ByteString.Parse(file + "b"), Look(file), out _));
    }

    [Fact]
    public void TimesThatProveNothing_AreNotKept()
    {
        FileTimes wholeSeconds = new(5_000_000_000, 7_000_000_000, 9);
        foreach (FileTimes times in new[] { default, wholeSeconds })
        {
            using DigestFile digests = Open();
            digests.Add(ByteString.Parse("/a"), Device, new FileState(FileType.Regular, 0x1a4, 7, s_digest, times));
        }

        Assert.Equal(0, new FileInfo(Name).Length);
    }

    [Fact]
    public void RowThatIsFull_LosesOneOfItsPaths()
    {
        string file = Write("a", "content");
        FileLook look = Look(file);
        using DigestFile digests = Open();
        ByteString[] paths = [.. Enumerable.Range(0, 50_000).Select(i => ByteString.Parse($"/{i}"))];
        foreach (ByteString path in paths)
        {
            digests.Add(path, look.Device, StateOf(look, s_digest));
        }

        Assert.InRange(paths.Count(path => digests.TryFind(path, look, out _)), 20_000, 4096 * DigestFile.RowLength);
        Assert.InRange(new FileInfo(Name).Length, 1, 3 << 20);
        Assert.True(digests.TryFind(paths[^1], look, out _));
    }

    [Fact]
    public void DamagedRecords_AreUnknown()
    {
        string file = Write("a", "content");
        Add(file, s_digest);
        byte[] bytes = File.ReadAllBytes(Name);
        int first = bytes.AsSpan().IndexOfAnyExcept((byte)0);
        for (int at = first; at < bytes.Length; at += 3)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 4;
            File.WriteAllBytes(Name, damaged);
            Assert.False(TryFind(file, out _), $"byte {at - first} of a record");
        }

        File.WriteAllBytes(Name, bytes[..^1]);
        Assert.False(TryFind(file, out _));
        Add(file, s_digest);
        Assert.True(TryFind(file, out _));
    }

    [Fact]
    public void WritersAtOnce_LeaveNoWrongDigest()
    {
        string file = Write("a", "content");
        FileLook look = Look(file);
        ByteString[] paths = [.. Enumerable.Range(0, 64).Select(i => ByteString.Parse($"/{i}"))];
        Parallel.For(0, 8, _ =>
        {
            using DigestFile digests = Open();
            for (int round = 0; round < 200; round++)
            {
                for (int i = 0; i < paths.Length; i++)
                {
                    digests.Add(paths[i], look.Device,
                        StateOf(look, new ContentDigest((ulong)i, (ulong)i, (ulong)i, 9)));
                    if (digests.TryFind(paths[i], look, out FileState state))
                    {
                        Assert.Equal(new ContentDigest((ulong)i, (ulong)i, (ulong)i, 9), state.Digest);
                    }
                }
            }
        });
    }

    [Fact]
    public void FileThatOthersMayWrite_IsNotUsed()
    {
        Open().Dispose();
        File.SetUnixFileMode(Name, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        Assert.Null(DigestFile.Open(_directory.Results));
    }

    [Fact]
    public void LinkInItsPlace_IsNotFollowed()
    {
        string elsewhere = Write("elsewhere", "");
        File.SetUnixFileMode(elsewhere, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(Name, elsewhere);
        Assert.Null(DigestFile.Open(_directory.Results));
    }

    [Fact]
    public void Run_KnownFile_IsNotReadAgain()
    {
        string file = Write("in", "content");
        using RunScenario scenario = CatOf(file);
        Add(file, s_digest);
        scenario.Run();
        Assert.Contains(s_digest.ToString(), File.ReadAllText(scenario.Manifest), StringComparison.Ordinal);
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [Fact]
    public void Run_KnownFileThatChangedSince_IsRead()
    {
        string file = Write("in", "content");
        using RunScenario scenario = CatOf(file);
        Add(file, s_digest);
        Thread.Sleep(50);
        File.WriteAllText(file, "CONTENT");
        scenario.Run();
        Assert.DoesNotContain(s_digest.ToString(), File.ReadAllText(scenario.Manifest), StringComparison.Ordinal);
        Assert.Contains(HashOf("CONTENT"), File.ReadAllText(scenario.Manifest), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FileOfAnotherStep_IsKnown()
    {
        string file = Write("in", "content");
        for (int step = 0; step < 2; step++)
        {
            // Until the file is old enough for its times to prove anything.
            bool isKnown = false;
            for (int attempt = 0; attempt < 50 && !isKnown; attempt++)
            {
                using RunScenario scenario = CatOf(file);
                scenario.Run();
                isKnown = TryFind(file, out FileState state) && state.Digest.ToString() == HashOf("content");
            }

            Assert.True(isKnown);
        }
    }

    private RunScenario CatOf(string file) =>
        new("cat", file) { Launcher = ["env", "XDG_CACHE_HOME=" + _directory.Results] };

    private static string HashOf(string content) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)));

    private string Name => Path.Combine(_directory.Results, DigestFile.Name);

    private DigestFile Open() => DigestFile.Open(_directory.Results)!;

    private string Write(string name, string content)
    {
        string path = Path.Combine(_directory.Work, name);
        File.WriteAllText(path, content);
        return path;
    }

    private void Add(string file, ContentDigest digest)
    {
        using DigestFile digests = Open();
        FileLook look = Look(file);
        digests.Add(ByteString.Parse(file), look.Device, StateOf(look, digest));
    }

    private bool TryFind(string file, out FileState state)
    {
        using DigestFile digests = Open();
        return digests.TryFind(ByteString.Parse(file), Look(file), out state);
    }

    private static FileState StateOf(in FileLook look, ContentDigest digest) =>
        new(FileType.Regular, look.Mode, look.Size, digest, look.Times);

    private static FileLook Look(string file) => FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(file), FinalLink.Keep);
}

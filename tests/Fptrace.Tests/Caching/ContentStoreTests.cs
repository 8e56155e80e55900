using Fptrace.Caching.Keys;
using Fptrace.Caching.Store;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>The directory of a store: which ones are used, and what its care does.</summary>
public sealed class ContentStoreTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly CacheSandbox _box = new();

    [Theory]
    [InlineData(0b111_111_111, "mode 777")]
    [InlineData(0b111_101_111, "mode 757")]
    [InlineData(0b111_111_101, "mode 775")]
    public void Open_OthersMayWrite_RefusedWithTheRemedy(int mode, string words)
    {
        Directory.CreateDirectory(_box.StorePath);
        File.SetUnixFileMode(_box.StorePath, (UnixFileMode)mode);

        CacheException refusal = Assert.Throws<CacheException>(_box.OpenStore);

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("chmod go-w", refusal.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Open_BelongsToAnother_Refused()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root to give a directory away");
        Directory.CreateDirectory(_box.StorePath);
        Engine.CommandRunner.Run("/", ["chown", "12345", _box.StorePath]);

        Assert.Contains("belongs to user 12345", Assert.Throws<CacheException>(_box.OpenStore).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DirectoryOfOtherFiles_RefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_box.StorePath,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_box.StorePath, "thesis.tex"), "");

        Assert.Contains("is no cache of fptrace", Assert.Throws<CacheException>(_box.OpenStore).Message,
            StringComparison.Ordinal);
        Assert.Equal(["thesis.tex"], Directory.EnumerateFileSystemEntries(_box.StorePath).Select(Path.GetFileName));
    }

    [Fact]
    public void Open_AnotherVersionsStore_OursStandsBesideItAndThatIsSaidOnce()
    {
        Directory.CreateDirectory(Path.Combine(_box.StorePath, "ac"), OwnerOnly);
        File.SetUnixFileMode(_box.StorePath, OwnerOnly);
        File.WriteAllText(Path.Combine(_box.StorePath, "fptrace-cache"), "fptrace-cache 99\n");

        using (ContentStore store = _box.OpenStore())
        {
            Assert.Contains("are of another version and are not used", store.Directory.Notice,
                StringComparison.Ordinal);
            store.Put("ours"u8, out _);
        }

        using ContentStore again = _box.OpenStore();
        Assert.Null(again.Directory.Notice);
        StoreMaintenance.Clear(again, default);
        Assert.Equal(["ac", "fptrace-cache", "v2"],
            Directory.EnumerateFileSystemEntries(_box.StorePath).Select(Path.GetFileName).Order());
        Assert.Equal("fptrace-cache 99\n", File.ReadAllText(Path.Combine(_box.StorePath, "fptrace-cache")));
    }

    [Fact]
    public void Open_New_HoldsWhatTheFirstVersionLooksFor()
    {
        _box.OpenStore().Dispose();

        Assert.Equal("fptrace-cache 1\n", File.ReadAllText(Path.Combine(_box.StorePath, "fptrace-cache")));
        Assert.True(Directory.Exists(Path.Combine(_box.StorePath, "tmp")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v2")]
    public void Open_MarkThatIsNone_RefusedWithTheRemedy(string folder)
    {
        _box.OpenStore().Dispose();
        string mark = Path.Combine(_box.StorePath, folder, "fptrace-cache");
        File.Delete(mark);
        File.WriteAllText(mark, "rubbish");
        if (folder.Length == 0)
        {
            Directory.Delete(Path.Combine(_box.StorePath, "v2"), recursive: true);
        }

        Assert.Contains("is damaged: its fptrace-cache is not what it should be; remove ",
            Assert.Throws<CacheException>(_box.OpenStore).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_KilledBetweenTheMarks_GoesOnFromThere()
    {
        _box.OpenStore().Dispose();
        File.Delete(Path.Combine(_box.StorePath, "v2", "fptrace-cache"));

        using ContentStore store = _box.OpenStore();
        store.Put("content"u8, out _);
        Assert.Null(ContentStore.Open(Path.Combine(_box.Outside, "none"), CacheMode.Read));
    }

    [Fact]
    public void Open_New_MadeForThisUserAlone()
    {
        using ContentStore store = _box.OpenStore();

        store.Put("content"u8, out _);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_box.StorePath));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(_box.StorePath, "v2")));
        Assert.Equal(UnixFileMode.UserRead,
            File.GetUnixFileMode(Directory.EnumerateFiles(Path.Combine(_box.StorePath, "v2", "cas"), "*",
            SearchOption.AllDirectories).Single()));
        Assert.True(File.Exists(Path.Combine(_box.StorePath, "CACHEDIR.TAG")));
    }

    [Fact]
    public void Verify_DamagedBlobAndEntry_NamedAndRemoved()
    {
        using ContentStore store = _box.OpenStore();
        Model.ContentDigest blob = store.Put("content"u8, out _);
        store.PutEntry(blob, new PathSetList([]).Serialize());
        Assert.Empty(StoreMaintenance.Verify(store, default));

        foreach (string file in Directory.EnumerateFiles(_box.StorePath, blob.ToString(), SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserWrite | UnixFileMode.UserRead);
            File.WriteAllText(file, "damaged");
        }

        Assert.Equal(
            [$"ac/{blob}: is too short; removed", $"cas/{blob}: its content is not what its name says; removed"],
            StoreMaintenance.Verify(store, default));
        Assert.Empty(StoreMaintenance.Verify(store, default));
        Assert.Empty(Directory.EnumerateFiles(_box.StorePath, blob.ToString(), SearchOption.AllDirectories));
    }

    [Fact]
    public void Verify_EntryWithoutItsBlob_NamedAndRemoved()
    {
        using ContentStore store = _box.OpenStore();
        Model.ContentDigest key = Sha256.Of("key"u8);
        store.PutEntry(key, new ResultEntry(new BlobReference(key, 3), [], []).Serialize());

        Assert.Equal([$"ac/{key}: needs the blob {key}, which is not there; removed"],
            StoreMaintenance.Verify(store, default));
    }

    [Fact]
    public void Collect_BlobsThatNoEntryNeedsAndTemporaries_Removed()
    {
        using ContentStore store = _box.OpenStore();
        store.Put("orphan"u8, out _);
        File.WriteAllText(Path.Combine(_box.StorePath, "v2", "tmp", "1.2.3"), "left by a killed process");

        CollectedGarbage? collected = StoreMaintenance.Collect(store, long.MaxValue, TimeSpan.Zero, default);

        Assert.Equal(new CollectedGarbage(0, 1, 30, 0), collected);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_box.StorePath, "v2", "tmp")));
    }

    [Fact]
    public void Collect_WhileAnotherUsesTheStore_LeavesItAlone()
    {
        using ContentStore store = _box.OpenStore();
        using (StoreLock? shared = store.Share(default))
        {
            Assert.NotNull(shared);
            Assert.Null(StoreMaintenance.Collect(store, 0, TimeSpan.Zero, default));
        }

        Assert.NotNull(StoreMaintenance.Collect(store, 0, TimeSpan.Zero, default));
    }

    [Fact]
    public void Clear_FullStore_EmptyAndStillAStore()
    {
        using ContentStore store = _box.OpenStore();
        store.PutEntry(store.Put("content"u8, out _), new PathSetList([]).Serialize());

        StoreMaintenance.Clear(store, default);

        Assert.Equal(new CacheStatistics(0, 0, 0, 0, 0, 0, 0, 0), StoreMaintenance.Count(store));
        _box.OpenStore().Dispose();
    }

    public void Dispose() => _box.Dispose();
}

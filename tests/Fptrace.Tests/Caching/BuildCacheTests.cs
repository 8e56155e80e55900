using Fptrace.Manifests;

namespace Fptrace.Caching;

/// <summary>Lookups, and what a hit leaves in the tree.</summary>
public sealed class BuildCacheTests : IDisposable
{
    private readonly CacheSandbox _box = new();

    [Fact]
    public void Lookup_EmptyCache_MissSaysThatTheCommandIsNotThere()
    {
        using BuildCache cache = _box.Open();

        Assert.Equal("this command was not cached before", Look(cache).Reason);
    }

    [Fact]
    public void Lookup_SameInputs_RestoresContentModeAndWhatWasPrinted()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");
        string[] before = [.. _box.Tree()];
        Directory.Delete(_box.At("out"), recursive: true);

        CacheLookup lookup = Look(cache);

        Assert.Null(lookup.Reason);
        Assert.Equal(before, _box.Tree());
        Assert.Equal("printed\n", System.Text.Encoding.UTF8.GetString(lookup.Manifest!.Printed[0].Bytes.Span));
        Assert.True(UpToDateCheck.Check(lookup.Manifest, Compilation(), _box.Variables).IsUpToDate);
    }

    [Fact]
    public void Lookup_BackToFormerInputs_HitOfTheFormerResult()
    {
        using BuildCache cache = _box.Open();
        Manifest first = StoreCompilation(cache, "one", "object one");
        Manifest second = StoreCompilation(cache, "two", "object two");

        _box.Write("in.c", "one");
        Assert.Null(Look(cache, second).Reason);
        Assert.Equal("object one", _box.Read("out/in.o"));

        _box.Write("in.c", "two");
        Assert.Null(Look(cache, first).Reason);
        Assert.Equal("object two", _box.Read("out/in.o"));
    }

    [Fact]
    public void Lookup_InputChanged_MissNamesIt()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");
        _box.Write("in.c", "three");

        Assert.Equal("input changed: in.c", Look(cache).Reason);
    }

    [Fact]
    public void Lookup_AbsentHeaderAppeared_MissNamesIt()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");
        _box.Write("include/in.h", "");

        Assert.Equal("now exists: include/in.h", Look(cache).Reason);
    }

    [Fact]
    public void Lookup_OtherVariable_Miss()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");

        Assert.Equal("this command was not cached before", cache.TryRestore(Compilation(), [new("LANG", "00")], null, default).Reason);
    }

    [Fact]
    public void Lookup_DifferentPathSets_EachIsFound()
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("generate");
        foreach (string name in new[] { "a", "b", "c" })
        {
            _box.Write("which", name);
            _box.Write(name, "x");
            _box.Write("out", "made from " + name);
            Assert.Null(cache.Store(_box.Manifest(step, [("which", ObservationKind.Content), (name, ObservationKind.Content)], ["out"]), default));
        }

        foreach (string name in new[] { "a", "c", "b" })
        {
            _box.Write("which", name);
            Assert.Null(cache.TryRestore(step, _box.Variables, null, default).Reason);
            Assert.Equal("made from " + name, _box.Read("out"));
        }
    }

    [Fact]
    public void Lookup_FileModifiedInPlace_HitOnlyFromItsFormerState()
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("ar", "r", "lib.a", "b.o");
        _box.Write("lib.a", "a.o");
        Manifest before = _box.Manifest(step, [("lib.a", ObservationKind.ReadModifyWrite)], []);
        _box.Write("lib.a", "a.o b.o");
        Assert.Null(cache.Store(_box.Manifest(step, [], ["lib.a"]) with { Observations = before.Observations }, default));

        Assert.Equal("not as it was before the cached run modified it: lib.a", cache.TryRestore(step, _box.Variables, null, default).Reason);

        _box.Write("lib.a", "a.o");
        Assert.Null(cache.TryRestore(step, _box.Variables, null, default).Reason);
        Assert.Equal("a.o b.o", _box.Read("lib.a"));
    }

    [Theory]
    [InlineData(OutputPrior.Unseen, "foreign", null)]
    [InlineData(OutputPrior.Unseen, "object two", null)]
    [InlineData(OutputPrior.Seen, "foreign", "now exists, and not as this command left it: out")]
    [InlineData(OutputPrior.Seen, "object one", null)]
    [InlineData(OutputPrior.Seen, "object two", null)]
    [InlineData(OutputPrior.Seen, null, null)]
    [InlineData(OutputPrior.Kept, "foreign", "now exists, and the command would add to it: out")]
    [InlineData(OutputPrior.Kept, "object one", "now exists, and the command would add to it: out")]
    [InlineData(OutputPrior.Kept, null, null)]
    public void Lookup_SomethingStandsAtTheOutput_HitUnlessTheCommandWouldHaveGoneOnFromIt(OutputPrior prior, string? standing, string? reason)
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("make");
        foreach (string input in new[] { "one", "two" })
        {
            _box.Write("in", input);
            _box.Write("out", "object " + input);
            Manifest manifest = _box.Manifest(step, [("in", ObservationKind.Content)], ["out"]);
            Assert.Null(cache.Store(manifest with { Outputs = [manifest.Outputs[0] with { Prior = prior }] }, default));
        }

        _box.Write("in", "one");
        File.Delete(_box.At("out"));
        if (standing is not null)
        {
            _box.Write("out", standing);
        }

        Assert.Equal(reason, cache.TryRestore(step, _box.Variables, null, default).Reason);
        Assert.Equal(reason is null ? "object one" : standing, _box.Read("out"));
    }

    [Fact]
    public void Lookup_ResultWithLinksDirectoriesAndDeletions_TreeIsTheSame()
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("mixed");
        _box.Write("in", "in");
        Directory.CreateDirectory(_box.At("made/empty"));
        File.SetUnixFileMode(_box.At("made/empty"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _box.Write("made/run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(_box.At("made/run.sh"), (UnixFileMode)0b111_101_001);
        File.CreateSymbolicLink(_box.At("made/link"), "../in");
        File.CreateSymbolicLink(_box.At("dangling"), "/nowhere/at/all");
        string[] outputs = ["dangling", "made", "made/empty", "made/link", "made/run.sh"];
        Assert.Null(cache.Store(_box.Manifest(step, [("in", ObservationKind.Content)], outputs, "old", "old/file"), default));
        string[] after = [.. _box.Tree()];

        // A file where a directory belongs, an empty directory where a file and a link belong, and what is to be deleted.
        Directory.Delete(_box.At("made"), recursive: true);
        File.Delete(_box.At("dangling"));
        Directory.CreateDirectory(_box.At("dangling"));
        _box.Write("made", "a file");
        _box.Write("old/file", "x");

        Assert.Null(cache.TryRestore(step, _box.Variables, null, default).Reason);
        Assert.Equal(after, _box.Tree());
    }

    [Fact]
    public void Lookup_DirectoryInTheWayHoldsMore_MissAndNothingTouched()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");
        File.Delete(_box.At("out/in.o"));
        _box.Write("out/in.o/precious", "x");
        string[] before = [.. _box.Tree()];

        Assert.Equal("out/in.o is a directory that holds precious, which the result does not delete", Look(cache).Reason);
        Assert.Equal(before, _box.Tree());
    }

    [Fact]
    public void Lookup_LinkPlantedOnTheWay_MissAndNothingOutsideTouched()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");
        Directory.Delete(_box.At("out"), recursive: true);
        Directory.CreateSymbolicLink(_box.At("out"), _box.Outside);

        Assert.Equal("out: a symbolic link or a file stands where a directory should be", Look(cache).Reason);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_box.Outside));
    }

    [Fact]
    public void Lookup_OutputsPathIsALinkOutside_LinkIsReplacedNotFollowed()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");
        string target = Path.Combine(_box.Outside, "target");
        File.WriteAllText(target, "untouched");
        File.Delete(_box.At("out/in.o"));
        File.CreateSymbolicLink(_box.At("out/in.o"), target);

        Assert.Null(Look(cache).Reason);
        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Null(new FileInfo(_box.At("out/in.o")).LinkTarget);
        Assert.Equal("object one", _box.Read("out/in.o"));
    }

    [Fact]
    public void Lookup_StagingAreaIsALinkOutside_MissAndNothingOutsideTouched()
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", "object one");
        File.Delete(_box.At("out/in.o"));
        Directory.CreateSymbolicLink(_box.At(".fptrace"), _box.Outside);

        Assert.False(Look(cache).IsHit);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_box.Outside));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lookup_BlobDamaged_MissNothingTouchedAndBlobRemoved(bool truncated)
    {
        using BuildCache cache = _box.Open();
        StoreCompilation(cache, "one", new string('o', 3_000_000));
        using ContentStore store = _box.OpenStore();
        string blob = Directory.EnumerateFiles(Path.Combine(_box.StorePath, "cas"), "*", SearchOption.AllDirectories).Single(file => new FileInfo(file).Length == 3_000_000);
        using (var file = new FileStream(blob, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 2_000_000;
            file.WriteByte((byte)'x');
            file.SetLength(truncated ? 2_000_001 : 3_000_000);
        }

        File.Delete(_box.At("out/in.o"));
        string[] before = [.. _box.Tree()];

        Assert.False(Look(cache).IsHit);
        Assert.Equal(before, _box.Tree());
        if (!truncated)
        {
            Assert.Equal([".gitignore"], Directory.EnumerateFileSystemEntries(_box.At(".fptrace")).Select(Path.GetFileName));
            Assert.False(File.Exists(blob));
        }
    }

    [Fact]
    public void Lookup_TreesAtTwoPlaces_HitOnlyWithAnywhere()
    {
        using var other = new CacheSandbox();
        foreach (bool anywhere in new[] { false, true })
        {
            using BuildCache cache = _box.Open(anywhere: anywhere);
            StoreCompilation(cache, "one", "object one");
            other.Write("in.c", "one");

            CacheLookup lookup = cache.TryRestore(other.Step("cc", "in.c"), _box.Variables, null, default);

            Assert.Equal(anywhere, lookup.IsHit);
            Assert.Equal(anywhere, File.Exists(other.At("out/in.o")));
        }
    }

    [Fact]
    public void Lookup_ReadMode_HitLeavesTheStoreAsItWas()
    {
        using (BuildCache cache = _box.Open())
        {
            StoreCompilation(cache, "one", "object one");
        }

        string before = Listing();
        using BuildCache reading = _box.Open(CacheMode.Read);

        Assert.Null(Look(reading).Reason);
        Assert.Equal("the cache is not written in this mode", reading.Store(_box.Manifest(Compilation(), [], []), default));
        Assert.Equal(before, Listing());

        string Listing() => string.Join('\n', Directory.EnumerateFiles(_box.StorePath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks}"));
    }

    [Fact]
    public void Lookup_ReadModeWithoutStore_MissAndNoneIsMade()
    {
        using BuildCache cache = _box.Open(CacheMode.Read);

        Assert.Equal("there is no cache yet", Look(cache).Reason);
        Assert.False(Directory.Exists(_box.StorePath));
    }

    [Fact]
    public void Restored_ModificationTimes_NewerThanInputsInTheOrderOfTheRun()
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("make");
        _box.Write("in", "in");
        string[] order = ["z.o", "m.o", "app", "app.stripped"];
        for (int i = 0; i < order.Length; i++)
        {
            _box.Write(order[i], order[i]);
            File.SetLastWriteTimeUtc(_box.At(order[i]), new DateTime(2020, 1, 1, 0, 0, i / 2, DateTimeKind.Utc));
        }

        Assert.Null(cache.Store(_box.Manifest(step, [("in", ObservationKind.Content)], order), default));
        File.SetLastWriteTimeUtc(_box.At("in"), DateTime.UtcNow);

        Assert.Null(cache.TryRestore(step, _box.Variables, null, default).Reason);
        long[] times = [.. order.Prepend("in").Select(name => FileLook.At(-100, StoreDirectory.Name(_box.At(name)), follow: false).Times.ModifiedNs)];
        Assert.True(times[0] <= times[1], "an output is older than its input");
        Assert.Equal([times[1], times[1] + 0, times[1] + 1, times[1] + 1], times[1..]);
    }

    [Fact]
    public void Store_ManifestThatDoesNotPass_RefusedWithItsReason()
    {
        using BuildCache cache = _box.Open();
        Manifest manifest = _box.Manifest(Compilation(), [], []) with { Refusals = ["the last run failed with exit code 1"] };

        Assert.Equal("the last run failed with exit code 1", cache.Store(manifest, default));
        Assert.Equal("this command was not cached before", Look(cache).Reason);
    }

    [Fact]
    public void Store_OutputChangedAfterTheRun_Refused()
    {
        using BuildCache cache = _box.Open();
        _box.Write("out", "as recorded");
        Manifest manifest = _box.Manifest(Compilation(), [], ["out"]);
        _box.Write("out", "as modified");

        Assert.Equal("output out changed after the command had ended", cache.Store(manifest, default));
    }

    [Theory]
    [InlineData("/etc/motd", "output /etc/motd is outside the root")]
    [InlineData(".fptrace/x", "output .fptrace/x belongs to fptrace")]
    public void Store_OutputWhereNoneMayBe_Refused(string path, string reason)
    {
        using BuildCache cache = _box.Open();
        _box.Write("out", "x");
        Manifest manifest = _box.Manifest(Compilation(), [], ["out"]);

        Assert.Equal(reason, cache.Store(manifest with { Outputs = [manifest.Outputs[0] with { Path = CacheSandbox.Bytes(path) }] }, default));
    }

    [Fact]
    public void Store_SetUserIdOutput_Refused()
    {
        using BuildCache cache = _box.Open();
        _box.Write("out", "x");
        File.SetUnixFileMode(_box.At("out"), UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal("output out is set-user-ID or set-group-ID", cache.Store(_box.Manifest(Compilation(), [], ["out"]), default));
    }

    [Fact]
    public void Store_MoreResultsThanTheLimitHolds_LeastRecentlyUsedGo()
    {
        using BuildCache cache = BuildCache.Open(_box.StorePath, new CacheOptions { Limit = 200_000 });
        _box.Write("in.c", "x");
        for (int i = 0; i < 10; i++)
        {
            _box.Write("out", new string((char)('a' + i), 50_000));
            Assert.Null(cache.Store(_box.Manifest(_box.Step("step", $"{i}"), [("in.c", ObservationKind.Content)], ["out"]), default));
            if (i > 0)
            {
                // Used again and again, so it stays.
                Assert.Null(cache.TryRestore(_box.Step("step", "0"), _box.Variables, null, default).Reason);
            }
        }

        Assert.Null(cache.TryRestore(_box.Step("step", "9"), _box.Variables, null, default).Reason);
        Assert.False(cache.TryRestore(_box.Step("step", "1"), _box.Variables, null, default).IsHit);
        using ContentStore store = _box.OpenStore();
        Assert.InRange(StoreMaintenance.Count(store).Bytes, 50_000, 200_000);
        Assert.Empty(StoreMaintenance.Verify(store, default));
    }

    public void Dispose() => _box.Dispose();

    private StepIdentity Compilation() => _box.Step("cc", "in.c");

    private CacheLookup Look(BuildCache cache, Manifest? previous = null) => cache.TryRestore(Compilation(), _box.Variables, previous, default);

    private Manifest StoreCompilation(BuildCache cache, string source, string result)
    {
        _box.Write("in.c", source);
        _box.Write("out/in.o", result);
        Manifest manifest = _box.Manifest(Compilation(), [("in.c", ObservationKind.Content), ("include/in.h", ObservationKind.Absent)], ["out/in.o"]);
        Assert.Null(cache.Store(manifest, default));
        return manifest;
    }
}

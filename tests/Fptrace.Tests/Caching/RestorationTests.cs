using Fptrace.Caching.Store;
using Fptrace.Engine;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Caching;

/// <summary>What a hit leaves in the tree.</summary>
public sealed class RestorationTests : IDisposable
{
    private readonly CacheSandbox _box = new();

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
        Assert.Null(cache.Store(_box.Manifest(step, [("in", ObservationKind.Content)], outputs, "old"),
            _box.Variables, default));
        string[] after = [.. _box.Tree()];

        // What is to be made is missing, or a file where a link belongs, and what is to be deleted is there.
        Directory.Delete(_box.At("made"), recursive: true);
        File.Delete(_box.At("dangling"));
        _box.Write("dangling", "a file");
        _box.Write("old", "x");

        Assert.Null(cache.TryRestore(step, _box.Variables, null, default).Reason);
        Assert.Equal(after, _box.Tree());
    }

    [Fact]
    public void Lookup_DirectoryInTheWayHoldsMore_MissAndNothingTouched()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");
        File.Delete(_box.At("out/in.o"));
        _box.Write("out/in.o/precious", "x");
        string[] before = [.. _box.Tree()];

        Assert.Equal("is a directory, and the command would have failed at it: out/in.o", _box.Look(cache).Reason);
        Assert.Equal(before, _box.Tree());
    }

    [Fact]
    public void Lookup_LinkPlantedOnTheWay_MissAndNothingOutsideTouched()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");
        Directory.Delete(_box.At("out"), recursive: true);
        Directory.CreateSymbolicLink(_box.At("out"), _box.Outside);

        Assert.Equal("is no directory, and the command made something in it: out", _box.Look(cache).Reason);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_box.Outside));
    }

    [Fact]
    public void Lookup_OutputsPathIsALinkOutside_LinkIsReplacedNotFollowed()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");
        string target = Path.Combine(_box.Outside, "target");
        File.WriteAllText(target, "untouched");
        File.Delete(_box.At("out/in.o"));
        File.CreateSymbolicLink(_box.At("out/in.o"), target);

        Assert.Null(_box.Look(cache).Reason);
        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Null(new FileInfo(_box.At("out/in.o")).LinkTarget);
        Assert.Equal("object one", _box.Read("out/in.o"));
    }

    [Fact]
    public void Lookup_StagingAreaIsALinkOutside_MissAndNothingOutsideTouched()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");
        File.Delete(_box.At("out/in.o"));
        Directory.CreateSymbolicLink(_box.At(".fptrace"), _box.Outside);

        Assert.False(_box.Look(cache).IsHit);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_box.Outside));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lookup_BlobDamaged_MissNothingTouchedAndBlobRemoved(bool truncated)
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", new string('o', 3_000_000));
        using ContentStore store = _box.OpenStore();
        string blob = Directory.EnumerateFiles(Path.Combine(_box.StorePath, "v2", "cas"), "*",
            SearchOption.AllDirectories).Single(file => new FileInfo(file).Length == 3_000_000);
        using (var file = new FileStream(blob, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 2_000_000;
            file.WriteByte((byte)'x');
            file.SetLength(truncated ? 2_000_001 : 3_000_000);
        }

        File.Delete(_box.At("out/in.o"));
        string[] before = [.. _box.Tree()];

        Assert.False(_box.Look(cache).IsHit);
        Assert.Equal(before, _box.Tree());
        if (!truncated)
        {
            Assert.Equal([".gitignore"],
                Directory.EnumerateFileSystemEntries(_box.At(".fptrace")).Select(Path.GetFileName));
            Assert.False(File.Exists(blob));
        }
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

        Assert.Null(cache.Store(_box.Manifest(step, [("in", ObservationKind.Content)], order),
            _box.Variables, default));
        File.SetLastWriteTimeUtc(_box.At("in"), DateTime.UtcNow);

        Assert.Null(cache.TryRestore(step, _box.Variables, null, default).Reason);
        long[] times =
            [.. order.Prepend("in")
                .Select(name => FileLook.At(-100, StoreDirectory.Name(_box.At(name)),
                    FinalLink.Keep).Times.ModifiedNs)];
        Assert.True(times[0] <= times[1], "an output is older than its input");
        Assert.Equal([times[1], times[1] + 0, times[1] + 1, times[1] + 1], times[1..]);
    }

    [Fact]
    public void NewDirectories_ComeWithAllThatIsInThemAndTheirModes()
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("make");
        _box.Write("in", "text");
        Directory.CreateDirectory(_box.At("kept"));
        foreach (string name in new[] { "kept/file", "kept/new/file", "new/a", "new/deep/er/b", "new/closed/c" })
        {
            _box.Write(name, name);
        }

        File.CreateSymbolicLink(_box.At("new/deep/link"), "er/b");
        File.SetUnixFileMode(_box.At("new/closed"), (UnixFileMode)0x16d);
        string[] outputs = ["kept/file", "kept/new", "kept/new/file", "new", "new/a", "new/closed", "new/closed/c",
            "new/deep", "new/deep/er", "new/deep/er/b", "new/deep/link"];
        Assert.Null(cache.Store(_box.Manifest(step, [("in", ObservationKind.Content)], outputs),
            _box.Variables, default));
        string[] before = [.. _box.Tree()];
        File.SetUnixFileMode(_box.At("new/closed"), (UnixFileMode)0x1ed);
        Directory.Delete(_box.At("new"), recursive: true);
        Directory.Delete(_box.At("kept"), recursive: true);
        Directory.CreateDirectory(_box.At("kept"));

        // What a restoration left that was killed.
        _box.Write(".fptrace/restore.1.1.ab/d0/deep/file", "half");

        CacheLookup lookup = cache.TryRestore(step, _box.Variables, null, default);

        Assert.Null(lookup.Reason);
        Assert.Equal(before, _box.Tree());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_box.At(".fptrace"), "restore.*"));
        Assert.True(UpToDateCheck.Check(lookup.Manifest!).IsUpToDate);
    }

    [SkippableFact]
    public void DirectoryThatCannotBeMoved_IsMadeAndItsFilesAreMovedOneByOne()
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("make");
        _box.Write("in", "text");
        Directory.CreateDirectory(_box.At("mounted"));
        CommandResult mounted = CommandRunner.Run(_box.Root, ["mount", "-t", "tmpfs", "none", _box.At("mounted")]);
        Skip.IfNot(mounted.ExitCode == 0, "needs the right to mount");
        try
        {
            _box.Write("mounted/new/a", "a");
            _box.Write("mounted/new/deep/b", "b");
            Assert.Null(
                cache.Store(_box.Manifest(step, [("in", ObservationKind.Content)],
                    ["mounted/new", "mounted/new/a", "mounted/new/deep", "mounted/new/deep/b"]),
                    _box.Variables, default));
            string[] before = [.. _box.Tree()];
            Directory.Delete(_box.At("mounted/new"), recursive: true);

            CacheLookup lookup = cache.TryRestore(step, _box.Variables, null, default);

            Assert.Null(lookup.Reason);
            Assert.Equal(before, _box.Tree());
            Assert.True(UpToDateCheck.Check(lookup.Manifest!).IsUpToDate);
        }
        finally
        {
            CommandRunner.Run(_box.Root, ["umount", _box.At("mounted")]);
        }
    }

    public void Dispose() => _box.Dispose();
}

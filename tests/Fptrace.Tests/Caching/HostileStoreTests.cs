using System.IO.Hashing;
using System.Text;
using Fptrace.Caching.Keys;
using Fptrace.Caching.Restoring;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.Caching;

/// <summary>A store that somebody else wrote, or that a disk damaged: refused with a line, and nothing outside the root
/// is touched.</summary>
public sealed class HostileStoreTests : IDisposable
{
    private const int Rounds = 400;
    private readonly CacheSandbox _box = new();
    private readonly StepIdentity _step;
    private readonly Manifest _honest;
    private readonly string[] _tree;

    public HostileStoreTests()
    {
        _step = _box.Step("cc", "in.c");
        _box.Write("in.c", "source");
        _box.Write("out/in.o", "object");
        _box.Write("out/in.d", "depends");
        _honest = _box.Manifest(_step, [("in.c", ObservationKind.Content), (".", ObservationKind.Listing)],
            ["out/in.o", "out/in.d"]);
        using BuildCache cache = _box.Open();
        Assert.Null(cache.Store(_honest, _box.Variables, default));
        File.WriteAllText(Path.Combine(_box.Outside, "precious"), "precious");
        _tree = [.. _box.Tree()];
    }

    [Theory]
    [InlineData("/tmp/fptrace-test-evil")]
    [InlineData("../results/outside/evil")]
    [InlineData("out/../../results/outside/evil")]
    [InlineData("./evil")]
    [InlineData("out//evil")]
    [InlineData("out/")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".fptrace/evil")]
    [InlineData("out/in.o/evil")]
    public void Result_OutputAtAPathThatCannotBe_MissAndNothingTouched(string path)
    {
        Plant(
            _honest with
            {
                Outputs = [.. _honest.Outputs, _honest.Outputs[0] with { Path = CacheSandbox.Bytes(path) }],
            });

        AssertRefused();
        Assert.False(File.Exists("/tmp/fptrace-test-evil"));
    }

    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("../results/outside/precious")]
    [InlineData("out/../../results/outside/precious")]
    [InlineData(".fptrace")]
    public void Result_DeletionAtAPathThatCannotBe_MissAndNothingTouched(string path)
    {
        Plant(_honest with { Deletions = [CacheSandbox.Bytes(path)] });

        AssertRefused();
        Assert.True(File.Exists("/etc/hostname"));
    }

    [Fact]
    public void Result_LinkAndAFileBelowIt_MissAndNothingOutsideTouched()
    {
        var link = new StepOutput
        {
            Path = CacheSandbox.Bytes("way"),
            State = new FileState(FileType.Symlink, 0, 0, default, default),
            Target = CacheSandbox.Bytes(_box.Outside),
        };
        Plant(_honest with { Outputs = [link, _honest.Outputs[0] with { Path = CacheSandbox.Bytes("way/evil") }] });

        AssertRefused();
    }

    [Fact]
    public void Result_BelowALinkThatItDeletes_Refused()
    {
        Directory.CreateSymbolicLink(_box.At("way"), _box.Outside);
        Plant(_honest with
        {
            Observations = [_honest.Observations.Single(seen => seen.Kind == ObservationKind.Content)],
            Outputs = [_honest.Outputs[0] with { Path = CacheSandbox.Bytes("way/file") }],
            Deletions = [CacheSandbox.Bytes("way")],
        });

        using BuildCache cache = _box.Open();
        Assert.Equal("is no directory, and the command made something in it: way",
            cache.TryRestore(_step, _box.Variables, null, default).Reason);
        Assert.Equal(["precious"], Directory.EnumerateFileSystemEntries(_box.Outside).Select(Path.GetFileName));
    }

    [Fact]
    public void Result_OfAnotherKey_Miss()
    {
        Manifest other = _honest with { Step = _box.Step("rm", "-rf") };
        using ContentStore store = _box.OpenStore();
        ReadOnlyMemory<byte> text = ManifestWriter.Write(other);
        var reference = new BlobReference(store.Put(text.Span, out _), text.Length);
        ReplaceResult(store, new ResultEntry(reference, [], [0, 1]).Serialize());

        AssertRefused();
    }

    [Fact]
    public void Result_AgesOfAnotherCount_Miss()
    {
        using ContentStore store = _box.OpenStore();
        Publication.PutEntries(store, _honest, CacheKey.Environment(_box.Variables), anywhere: false, [], [0]);

        AssertRefused();
    }

    [Fact]
    public void Store_BytesChangedAnywhere_AlwaysMissOrTheTrueResult()
    {
        var random = new Random(1);
        string copy = _box.StorePath + ".copy";
        Directory.Move(_box.StorePath, copy);
        for (int round = 0; round < Rounds; round++)
        {
            Copy(copy, _box.StorePath);
            string[] files = [.. Directory.EnumerateFiles(_box.StorePath, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file).Length == 64).Order()];
            string victim = files[random.Next(files.Length)];
            File.SetUnixFileMode(victim, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            byte[] bytes = Mutate(random, File.ReadAllBytes(victim));

            // Half of the damage is made to look sound.
            File.WriteAllBytes(victim, random.Next(2) == 0 ? bytes : Sealed(bytes));
            AssertHitIsTrue($"round {round}, {victim}");
            Directory.Delete(_box.StorePath, recursive: true);
        }
    }

    [Fact]
    public void Entry_AnyBytesWithAGoodChecksum_ParsedOrRefused()
    {
        var random = new Random(2);
        byte[][] honest =
        [
            new ResultEntry(new BlobReference(default, 5), [new BlobReference(default, 300)], [0, 1, 2]).Serialize(),
            new PathSetList([new KnownPathSet(new BlobReference(default, 1), new BlobReference(default, 2))])
                .Serialize(),
            PathSet.Of(_honest).Serialize(),
        ];
        for (int round = 0; round < 20 * Rounds; round++)
        {
            byte[] entry = Sealed(Mutate(random, honest[round % 3]));
            try
            {
                _ = (round % 3) switch
                {
                    0 => (object)ResultEntry.Parse(entry),
                    1 => PathSetList.Parse(entry),
                    _ => PathSet.Parse(entry),
                };
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void Entry_CutAnywhere_Refused()
    {
        byte[] entry = new ResultEntry(new BlobReference(default, 5), [new BlobReference(default, 300)], [0, 1, 2])
            .Serialize();
        for (int length = 0; length < entry.Length; length++)
        {
            byte[] cut = entry[..length];
            Assert.Throws<InvalidDataException>(() => ResultEntry.Parse(cut));
        }
    }

    public void Dispose() => _box.Dispose();

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        List<byte> changed = [.. bytes];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(changed.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < changed.Count:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                case 2:
                    changed.InsertRange(at, Enumerable.Repeat((byte)0xff, random.Next(1, 12)));
                    break;
                case 3 when at < changed.Count:
                    changed[at] = (byte)random.Next(256);
                    break;
                default:
                    changed.InsertRange(at, changed.Take(random.Next(40)).ToArray());
                    break;
            }
        }

        return [.. changed];
    }

    /// <summary>With a checksum that fits: of an entry, or of a manifest.</summary>
    private static byte[] Sealed(byte[] bytes)
    {
        string text = Encoding.Latin1.GetString(bytes);
        int mark = text.LastIndexOf(",\n  \"checksum\": \"", StringComparison.Ordinal);
        if (mark > 0)
        {
            return [.. bytes[..mark], .. ManifestWriter.ChecksumStart,
                .. Encoding.ASCII.GetBytes(TextDigest.Of(bytes.AsSpan(0, mark))), .. ManifestWriter.ChecksumEnd];
        }

        byte[] body = bytes.Length < ContentDigest.Length ? bytes : bytes[..^ContentDigest.Length];
        byte[] digest = new byte[ContentDigest.Length];
        Sha256.Of(body).CopyTo(digest);
        return [.. body, .. digest];
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Copy(file, target);
        }

        Directory.CreateDirectory(Path.Combine(to, "tmp"));
    }

    /// <summary>Puts a result under the key of the honest one's observations, as a writer would that checks
    /// nothing.</summary>
    private void Plant(Manifest manifest)
    {
        using ContentStore store = _box.OpenStore();
        int[] ages = [.. Enumerable.Range(0, manifest.Outputs.Count)];
        byte[] Content(StepOutput output) => store.ReadBlob(output.State.Digest, 100)!;
        var blobs = manifest.Outputs.Where(output => output.State.Type == FileType.Regular)
            .Select(output => new BlobReference(output.State.Digest, output.State.Size,
                XxHash128.HashToUInt128(Content(output))));
        Publication.PutEntries(store, manifest, CacheKey.Environment(_box.Variables), anywhere: false,
            [.. blobs.Distinct()], ages);
    }

    private void ReplaceResult(ContentStore store, byte[] result)
    {
        byte[] set = PathSet.Of(_honest).Serialize();
        ContentDigest weak = CacheKey.Weak(_step, CacheKey.Environment(_box.Variables), anywhere: false);
        store.PutEntry(CacheKey.Strong(weak, Sha256.Of(set), _honest.Observations), result);
    }

    private void AssertRefused()
    {
        using BuildCache cache = _box.Open();
        CacheLookup lookup = cache.TryRestore(_step, _box.Variables, null, default);
        Assert.False(lookup.IsHit);
        Assert.NotNull(lookup.Reason);
        Assert.DoesNotContain('\n', lookup.Reason);
        AssertUntouched("");
    }

    private void AssertHitIsTrue(string what)
    {
        using BuildCache cache = _box.Open();
        CacheLookup lookup = cache.TryRestore(_step, _box.Variables, null, default);
        Assert.True(lookup.IsHit != lookup.Reason is not null, what);
        AssertUntouched(what);
    }

    private void AssertUntouched(string what)
    {
        Assert.True(_tree.SequenceEqual(_box.Tree()), what);
        Assert.Equal(["precious"], Directory.EnumerateFileSystemEntries(_box.Outside).Select(Path.GetFileName));
        Assert.Equal("precious", File.ReadAllText(Path.Combine(_box.Outside, "precious")));
    }
}

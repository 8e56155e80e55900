using Fptrace.Caching.Store;
using Fptrace.Manifests;

namespace Fptrace.Caching;

/// <summary>What is kept, and what is not.</summary>
public sealed class CachePublicationTests : IDisposable
{
    private readonly CacheSandbox _box = new();

    [Fact]
    public void Store_ManifestThatDoesNotPass_RefusedWithItsReason()
    {
        using BuildCache cache = _box.Open();
        Manifest manifest = _box.Manifest(_box.Compilation(), [],
            []) with { Refusals = ["the last run failed with exit code 1"] };

        Assert.Equal("the last run failed with exit code 1", cache.Store(manifest, _box.Variables, default));
        Assert.Equal("the cache knows no run of this command at this place with this environment",
            _box.Look(cache).Reason);
    }

    [Fact]
    public void Store_OutputChangedAfterTheRun_Refused()
    {
        using BuildCache cache = _box.Open();
        _box.Write("out", "as recorded");
        Manifest manifest = _box.Manifest(_box.Compilation(), [], ["out"]);
        _box.Write("out", "as modified");

        Assert.Equal("output out changed after the command had ended", cache.Store(manifest, _box.Variables, default));
    }

    [Theory]
    [InlineData("/etc/motd", "output /etc/motd is outside the root")]
    [InlineData(".fptrace/x", "output .fptrace/x belongs to fptrace")]
    public void Store_OutputWhereNoneMayBe_Refused(string path, string reason)
    {
        using BuildCache cache = _box.Open();
        _box.Write("out", "x");
        Manifest manifest = _box.Manifest(_box.Compilation(), [], ["out"]);

        Assert.Equal(reason,
            cache.Store(manifest with { Outputs = [manifest.Outputs[0] with { Path = CacheSandbox.Bytes(path) }] },
            _box.Variables, default));
    }

    [Fact]
    public void Store_SetUserIdOutput_Refused()
    {
        using BuildCache cache = _box.Open();
        _box.Write("out", "x");
        File.SetUnixFileMode(_box.At("out"), UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal("output out is set-user-ID or set-group-ID",
            cache.Store(_box.Manifest(_box.Compilation(), [], ["out"]), _box.Variables, default));
    }

    [Fact]
    public void Store_MoreResultsThanTheLimitHolds_LeastRecentlyUsedGo()
    {
        using BuildCache cache = BuildCache.Open(_box.StorePath, new CachePolicy { Limit = 200_000 });
        _box.Write("in.c", "x");
        for (int i = 0; i < 10; i++)
        {
            _box.Write("out", new string((char)('a' + i), 50_000));
            Assert.Null(
                cache.Store(_box.Manifest(_box.Step("step", $"{i}"), [("in.c", ObservationKind.Content)], ["out"]),
                    _box.Variables, default));
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
}

using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Steps;

namespace Fptrace.Caching;

/// <summary>What is found, and what a miss says.</summary>
public sealed class CacheLookupTests : IDisposable
{
    private readonly CacheSandbox _box = new();

    [Fact]
    public void Lookup_EmptyCache_MissSaysThatTheCommandIsNotThere()
    {
        using BuildCache cache = _box.Open();

        Assert.Equal("the cache knows no run of this command at this place with this environment",
            _box.Look(cache).Reason);
        Assert.Equal(Remedy.Anywhere, Reasons.RemedyOf("no manifest; not in the cache: " + _box.Look(cache).Reason));
    }

    [Fact]
    public void Lookup_SameInputs_RestoresContentModeAndWhatWasPrinted()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");
        string[] before = [.. _box.Tree()];
        File.Delete(_box.At("out/in.o"));

        CacheLookup lookup = _box.Look(cache);

        Assert.Null(lookup.Reason);
        Assert.Equal(before, _box.Tree());
        Assert.Equal("printed\n", System.Text.Encoding.UTF8.GetString(lookup.Manifest!.Printed[0].Bytes.Span));
        Assert.True(UpToDateCheck.Check(lookup.Manifest, _box.Compilation(), _box.Variables.Digests).IsUpToDate);
    }

    [Fact]
    public void Lookup_BackToFormerInputs_HitOfTheFormerResult()
    {
        using BuildCache cache = _box.Open();
        Manifest first = _box.StoreCompilation(cache, "one", "object one");
        Manifest second = _box.StoreCompilation(cache, "two", "object two");

        _box.Write("in.c", "one");
        Assert.Null(_box.Look(cache, second).Reason);
        Assert.Equal("object one", _box.Read("out/in.o"));

        _box.Write("in.c", "two");
        Assert.Null(_box.Look(cache, first).Reason);
        Assert.Equal("object two", _box.Read("out/in.o"));
    }

    [Fact]
    public void Lookup_InputChanged_MissNamesIt()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");
        _box.Write("in.c", "three");

        Assert.Equal("input changed: in.c", _box.Look(cache).Reason);
    }

    [Fact]
    public void Lookup_AbsentHeaderAppeared_MissNamesIt()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");
        _box.Write("include/in.h", "");

        Assert.Equal("now exists: include/in.h", _box.Look(cache).Reason);
    }

    [Fact]
    public void Lookup_OtherVariable_Miss()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");

        Assert.Equal("the cache knows no run of this command at this place with this environment",
            cache.TryRestore(_box.Compilation(), _box.EnvironmentOf("PATH=/bin", "LANG=C"), null, default).Reason);
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
            Assert.Null(
                cache.Store(_box.Manifest(step, [("which", ObservationKind.Content), (name, ObservationKind.Content)],
                    ["out"]), _box.Variables, default));
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
        Assert.Null(cache.Store(_box.Manifest(step, [], ["lib.a"]) with { Observations = before.Observations },
            _box.Variables, default));

        Assert.Equal("not as it was before the cached run modified it: lib.a",
            cache.TryRestore(step, _box.Variables, null, default).Reason);

        _box.Write("lib.a", "a.o");
        Assert.Null(cache.TryRestore(step, _box.Variables, null, default).Reason);
        Assert.Equal("a.o b.o", _box.Read("lib.a"));
    }

    [Theory]
    [InlineData("a.o b.o", "a.o b.o")]
    [InlineData("a.o", "a.o b.o")]
    [InlineData("other", null)]
    [InlineData(null, null)]
    public void Lookup_IdempotentCommand_HitFromTheStateBeforeAndFromTheOneThatItLeft(string? standing,
        string? expected)
    {
        using BuildCache cache = _box.Open(idempotent: true);
        StepIdentity step = _box.Step("make");
        _box.Write("lib.a", "a.o");
        Manifest before = _box.Manifest(step, [("lib.a", ObservationKind.ReadModifyWrite)], []);
        _box.Write("lib.a", "a.o b.o");
        _box.Write("out", "made");
        Manifest run = _box.Manifest(step, [], ["lib.a", "out"]) with { Observations = before.Observations };
        Assert.Null(cache.Store(run, _box.Variables, default));
        File.Delete(_box.At("out"));
        File.Delete(_box.At("lib.a"));
        if (standing is not null)
        {
            _box.Write("lib.a", standing);
        }

        CacheLookup lookup = cache.TryRestore(step, _box.Variables, null, default);

        Assert.Equal(expected is not null, lookup.IsHit);
        Assert.Equal(expected is not null, File.Exists(_box.At("out")));
        Assert.Equal(expected ?? standing, File.Exists(_box.At("lib.a")) ? _box.Read("lib.a") : null);
        Assert.True(expected is null
            || lookup.Manifest!.Observations.Single().State.IsSame(before.Observations.Single().State));
    }

    [Theory]
    [InlineData(PriorState.Unseen, "foreign", null)]
    [InlineData(PriorState.Unseen, "object two", null)]
    [InlineData(PriorState.Seen, "foreign", "now exists, and not as this command left it: out")]
    [InlineData(PriorState.Seen, "object one", "now exists, and not as this command left it: out")]
    [InlineData(PriorState.Seen, "object two", null)]
    [InlineData(PriorState.Found, "foreign", "now exists, and not as this command left it: out")]
    [InlineData(PriorState.Found, "object two", null)]
    [InlineData(PriorState.Found, null, "no longer exists, and the command found it there: out")]
    [InlineData(PriorState.Seen, null, null)]
    [InlineData(PriorState.Kept, "foreign", "now exists, and the command would add to it: out")]
    [InlineData(PriorState.Kept, "object one", "now exists, and the command would add to it: out")]
    [InlineData(PriorState.Kept, null, null)]
    public void Lookup_SomethingStandsAtTheOutput_HitUnlessTheCommandWouldHaveGoneOnFromIt(PriorState priorState,
        string? standing, string? reason)
    {
        using BuildCache cache = _box.Open();
        StepIdentity step = _box.Step("make");
        Manifest? last = null;
        foreach (string input in new[] { "one", "two" })
        {
            _box.Write("in", input);
            _box.Write("out", "object " + input);
            Manifest manifest = last = _box.Manifest(step, [("in", ObservationKind.Content)], ["out"]);
            Assert.Null(cache.Store(manifest with { Outputs = [manifest.Outputs[0] with { PriorState = priorState }] },
                _box.Variables, default));
        }

        _box.Write("in", "one");
        File.Delete(_box.At("out"));
        if (standing is not null)
        {
            _box.Write("out", standing);
        }

        Assert.Equal(reason, cache.TryRestore(step, _box.Variables, last, default).Reason);
        Assert.Equal(reason is null ? "object one" : standing, File.Exists(_box.At("out")) ? _box.Read("out") : null);
    }

    [Fact]
    public void Lookup_TreesAtTwoPlaces_HitOnlyWithAnywhere()
    {
        using var other = new CacheSandbox();
        foreach (bool anywhere in new[] { false, true })
        {
            using BuildCache cache = _box.Open(anywhere: anywhere);
            _box.StoreCompilation(cache, "one", "object one");
            other.Write("in.c", "one");
            Directory.CreateDirectory(other.At("out"));

            CacheLookup lookup = cache.TryRestore(other.Step("cc", "in.c"), _box.Variables, null, default);

            Assert.Equal(anywhere, lookup.IsHit);
            Assert.Equal(anywhere, File.Exists(other.At("out/in.o")));
        }
    }

    [Fact]
    public void Lookup_OnAnotherMachine_Misses()
    {
        using BuildCache cache = _box.Open();
        _box.StoreCompilation(cache, "one", "object one");

        StepIdentity elsewhere = _box.Compilation() with { Machine = ["processor=another"] };

        Assert.Equal("the cache knows no run of this command at this place with this environment",
            cache.TryRestore(elsewhere, _box.Variables, null, default).Reason);
    }

    [Fact]
    public void Lookup_ReadMode_HitLeavesTheStoreAsItWas()
    {
        using (BuildCache cache = _box.Open())
        {
            _box.StoreCompilation(cache, "one", "object one");
        }

        string before = Listing();
        using BuildCache reading = _box.Open(CacheMode.Read);

        Assert.Null(_box.Look(reading).Reason);
        Assert.Equal("the cache is not written in this mode",
            reading.Store(_box.Manifest(_box.Compilation(), [], []), _box.Variables, default));
        Assert.Equal(before, Listing());

        string Listing() =>
            string.Join('\n',
                Directory.EnumerateFiles(_box.StorePath, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {File.GetLastWriteTimeUtc(file).Ticks}"));
    }

    [Fact]
    public void Lookup_ReadModeWithoutStore_MissAndNoneIsMade()
    {
        using BuildCache cache = _box.Open(CacheMode.Read);

        Assert.Equal("there is no cache yet", _box.Look(cache).Reason);
        Assert.False(Directory.Exists(_box.StorePath));
    }

    public void Dispose() => _box.Dispose();
}

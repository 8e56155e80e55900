using System.Buffers.Binary;
using Fptrace.Model;
using Fptrace.Support;

namespace Fptrace.Tracing.Fast;

/// <summary>What is known to all processes of a run.</summary>
public sealed class KnownPathsTests
{
    private readonly FastSegment? _segment = FastSegment.TryMake(isKnownToAll: true);

    [SkippableFact]
    public void Path_IsFoundUnderItsKindAndGeneration()
    {
        Note("/a", ProbeKind.Opened, isAbsent: false, generation: 7);
        Assert.False(Assert.NotNull(Find("/a", ProbeKind.Opened, 7)));
        Assert.Null(Find("/a", ProbeKind.Followed, 7));
        Assert.Null(Find("/a", ProbeKind.Opened, 8));
        Assert.Null(Find("/ab", ProbeKind.Opened, 7));
    }

    [SkippableFact]
    public void PathThatComesIntoBeing_IsNotedAnew()
    {
        Note("/a", ProbeKind.Followed, isAbsent: true, generation: 7);
        Assert.True(Find("/a", ProbeKind.Followed, 7));
        Note("/a", ProbeKind.Followed, isAbsent: false, generation: 7);
        Assert.False(Find("/a", ProbeKind.Followed, 7));
    }

    /// <summary>As <see cref="FastCode"/> looks: behind what is free there is nothing.</summary>
    [SkippableFact]
    public void PathsWithOnePlace_GetTheNextOnes_AsFarAsTriesGo()
    {
        int place = KnownTable.Everybodys.PlaceOf("/a"u8, ProbeKind.Followed);
        string[] paths = [.. Enumerable.Range(0, 2_000_000).Select(i => "/" + i)
            .Where(path => KnownTable.Everybodys.PlaceOf(Bytes(path), ProbeKind.Followed) == place)
            .Take(KnownTable.Tries + 1)];
        foreach (string path in paths)
        {
            Note(path, ProbeKind.Followed, isAbsent: false, generation: 7);
        }

        Assert.All(paths[..^1], path => Assert.False(Assert.NotNull(Find(path, ProbeKind.Followed, 7))));
        Assert.Null(Find(paths[^1], ProbeKind.Followed, 7));
        Note(paths[^1], ProbeKind.Followed, isAbsent: false, generation: 8);
        Assert.False(Assert.NotNull(Find(paths[^1], ProbeKind.Followed, 8)));
    }

    [SkippableFact]
    public void NameOfAFileThatIsGone_IsRememberedUnderTheGeneration()
    {
        KnownPaths known = Known;
        known.Begin(7);
        known.Lose(ByteString.Parse("/d/a"));
        Assert.True(known.IsLost(ByteString.Parse("/d/a")));
        Assert.True(known.IsLost(ByteString.Parse("/link/A")));
        Assert.False(known.IsLost(ByteString.Parse("/d/b")));
        known.Begin(8);
        Assert.False(known.IsLost(ByteString.Parse("/d/a")));
        for (int i = 0; i < KnownPaths.MostLost; i++)
        {
            known.Lose(ByteString.Parse("/" + i));
        }

        Assert.True(known.IsLost(ByteString.Parse("/b")));
    }

    [SkippableFact]
    public void LongPath_IsNotNoted()
    {
        string longest = "/" + new string('x', KnownTable.LongestPath - 2);
        Note(longest, ProbeKind.Followed, isAbsent: false, generation: 7);
        Note(longest + "x", ProbeKind.Followed, isAbsent: false, generation: 7);
        Assert.NotNull(Find(longest, ProbeKind.Followed, 7));
        Assert.Null(Find(longest + "x", ProbeKind.Followed, 7));
    }

    /// <summary>What is known must not be true for somebody for whom paths mean other files.</summary>
    [SkippableFact]
    public void Generation_IsToldUnlessAnyoneIsAStranger()
    {
        Known.Begin(7);
        Assert.Equal(7UL, Generation);
        ArmedMemory one = ArmedMemory.Of(_segment!, new ArmedCode(0, []));
        ArmedMemory other = ArmedMemory.Of(_segment!, new ArmedCode(0, []));
        one.GiveUp();
        other.GiveUp();
        Assert.Equal(FastCode.NoGeneration, Generation);
        Assert.True(one.Leave(isStranger: true));
        Known.Begin(8);
        Assert.Equal(FastCode.NoGeneration, Generation);
        Assert.True(other.Leave(isStranger: true));
        Assert.Equal(8UL, Generation);
    }

    /// <summary>The child of a vfork takes other rights, and becomes another program.</summary>
    [SkippableFact]
    public void StrangerWithTheMemoryOfAnother_SuspendsNobodyOnceItIsGone()
    {
        Known.Begin(7);
        ArmedMemory memory = ArmedMemory.Of(_segment!, new ArmedCode(0, []));
        memory.Join();
        memory.GiveUp();
        Assert.False(memory.Leave(isStranger: true));
        Assert.Equal((7UL, false), (Generation, memory.IsGivenUp));
        Assert.True(memory.Leave(isStranger: false));
    }

    private KnownPaths Known
    {
        get
        {
            Requires.That(_segment is not null, "needs System V shared memory");
            return _segment!.Known!;
        }
    }

    private ulong Generation =>
        BinaryPrimitives.ReadUInt64LittleEndian(_segment!.Memory.Bytes[FastCode.Generation..]);

    private static byte[] Bytes(string path) => System.Text.Encoding.UTF8.GetBytes(path);

    private void Note(string path, ProbeKind kind, bool isAbsent, ulong generation) =>
        Known.Note(Bytes(path), kind, isAbsent, generation);

    // Whether it is absent; null when it is not found.
    private bool? Find(string path, ProbeKind kind, ulong generation)
    {
        int first = KnownTable.Everybodys.PlaceOf(Bytes(path), kind);
        for (int i = first; i < first + KnownTable.Tries; i++)
        {
            ReadOnlySpan<byte> entry = Known.Table.Slice(i * KnownTable.EntrySize, KnownTable.EntrySize);
            if (BinaryPrimitives.ReadUInt64LittleEndian(entry) != generation)
            {
                return null;
            }

            if (KnownTable.Has(entry, Bytes(path), kind))
            {
                return KnownTable.IsAbsent(entry);
            }
        }

        return null;
    }
}

using System.Buffers.Binary;

namespace Fptrace.Tracing.Fast;

/// <summary>A table of known paths, as <see cref="FastCode"/> reads it.</summary>
/// <remarks>
/// A path has a place by its hash. If that has another path, it gets one of the next places: so behind a place that is
/// free under a generation no path of that generation is found.
/// </remarks>
/// <param name="Places">Places that a path can have first.</param>
internal readonly record struct KnownTable(int Places)
{
    /// <summary>Bytes of one entry: its generation, its <see cref="ProbeKind"/>, whether the path is absent, the path
    /// with its NUL.</summary>
    public const int EntrySize = 128;

    public const int Kind = 8;

    /// <summary>1 for a path that is absent, else 0.</summary>
    public const int Absence = 12;
    public const int Text = 16;

    /// <summary>A path of as many bytes is not noted.</summary>
    public const int LongestPath = 104;

    /// <summary>How many places are looked at.</summary>
    public const int Tries = 8;

    // FNV-1a.
    public const uint Basis = 2166136261;
    public const int Prime = 16777619;

    /// <summary>One that a process has to itself.</summary>
    public static KnownTable Own { get; } = new(512 - Tries);

    /// <summary>One for all processes of a run. The kernel finds memory only for what is used.</summary>
    public static KnownTable Everybodys { get; } = new(8192 - Tries);

    public int Entries => Places + Tries - 1;

    /// <summary>In bytes.</summary>
    public int Size => Entries * EntrySize;

    /// <summary>Which place a path has first.</summary>
    public int PlaceOf(ReadOnlySpan<byte> path, ProbeKind kind)
    {
        uint hash = Basis ^ (uint)kind;
        foreach (byte one in path)
        {
            hash = unchecked((hash ^ one) * (uint)Prime);
        }

        return (int)(((ulong)hash * (uint)Places) >> 32);
    }

    /// <summary>Writes what follows the generation of an entry.</summary>
    public static void Write(Span<byte> entry, ReadOnlySpan<byte> path, ProbeKind kind, bool isAbsent)
    {
        entry[Kind..].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(entry[Kind..], (int)kind);
        entry[Absence] = isAbsent ? (byte)1 : (byte)0;
        path.CopyTo(entry[Text..]);
    }

    public static bool Has(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> path, ProbeKind kind) =>
        BinaryPrimitives.ReadInt32LittleEndian(entry[Kind..]) == (int)kind
        && entry[Text..].StartsWith(path)
        && entry[Text + path.Length] == 0;

    public static bool IsAbsent(ReadOnlySpan<byte> entry) => entry[Absence] != 0;
}

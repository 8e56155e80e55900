using System.Buffers.Binary;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Fast;

/// <summary>A dynamic linker: the calls in it that are patched before a program's first instruction.</summary>
/// <remarks>
/// The kernel maps it as a whole, and our code at the same distance from it each time. So the bytes of its patches are
/// the same in each process.
/// </remarks>
internal sealed class Loader
{
    private const int WordSize = sizeof(ulong);

    // Of elf(5), 64 bits.
    private const int SizeOfHeader = 64;
    private const int SizeOfSegment = 56;
    private const int PT_LOAD = 1;
    private const int PF_X = 1;

    // Numbers of calls.
    private const int Access = 21;
    private const int Openat = 257;
    private const int Newfstatat = 262;

    private Loader(ulong entry, CodeWord[] words)
    {
        Entry = entry;
        Words = words;
    }

    /// <summary>How far its first instruction is from where it is mapped.</summary>
    public ulong Entry { get; }

    /// <summary>What is changed in it; the second word perhaps only while it is.</summary>
    public CodeWord[] Words { get; }

    /// <returns>null for a file that is no dynamic linker of x86-64, or has none of the calls.</returns>
    public static Loader? Read(ByteString path)
    {
        if (Files.ReadAll([.. path.Span, 0]) is not { } file
            || file.Length < SizeOfHeader
            || !file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1])
            || BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(18)) != 62)
        {
            return null;
        }

        ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(24));
        long table = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(32));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(56));
        for (int i = 0; i < count; i++)
        {
            long at = table + (i * SizeOfSegment);
            if (at < 0 || at > file.Length - SizeOfSegment)
            {
                return null;
            }

            ReadOnlySpan<byte> segment = file.AsSpan((int)at, SizeOfSegment);
            long offset = BinaryPrimitives.ReadInt64LittleEndian(segment[8..]);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(segment[16..]);
            long size = BinaryPrimitives.ReadInt64LittleEndian(segment[32..]);
            if (BinaryPrimitives.ReadInt32LittleEndian(segment) == PT_LOAD
                && (BinaryPrimitives.ReadInt32LittleEndian(segment[4..]) & PF_X) != 0
                && offset >= 0 && size >= 0 && offset <= file.Length - size)
            {
                return Patch(entry, address, file.AsSpan((int)offset, (int)size));
            }
        }

        return null;
    }

    private static Loader? Patch(ulong entry, ulong address, ReadOnlySpan<byte> code)
    {
        // It looks for libraries by these. To patch more would cost each program more than it wins.
        List<CallSite> sites = CallSite.In(address, code, number => number is Access or Openat or Newfstatat);
        if (sites.Count == 0)
        {
            return null;
        }

        byte[] after = code.ToArray();
        foreach (CallSite site in sites)
        {
            // As if it were mapped there: the distance counts.
            var writer = new CodeWriter(
                after.AsSpan((int)(site.Start - address)), FastSegment.Distance + site.Start);
            writer.AddCall((ulong)FastCode.EntryOf(site));
        }

        List<CodeWord> words = [];
        for (int at = 0; at <= code.Length - WordSize; at += WordSize)
        {
            // The second follows the first (EntryCall).
            if (words.Count == 1 || Word(code, at) != Word(after, at))
            {
                words.Add(new CodeWord(address + (ulong)at, Word(code, at), Word(after, at)));
            }
        }

        return new Loader(entry, [.. words]);
    }

    private static ulong Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}

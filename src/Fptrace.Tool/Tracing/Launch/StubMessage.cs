using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Launch;

/// <summary>What the tool tells its stub: how to confine itself, or to go.</summary>
/// <remarks>Layout: kind (1 byte), flags (1), 6 unused; ignored signals, or the pass (8); soft limit of open files (8); filter instructions (8 each).</remarks>
internal static class StubMessage
{
    /// <summary>Install the filter and answer with the listener's number, or 0, or −errno (4 bytes).</summary>
    public const byte Confine = 1;

    /// <summary>Become the command. There is no answer but −errno, when that fails.</summary>
    public const byte Go = 2;

    /// <summary>A piece of the environment that the command gets in place of the stub's: entries that end with a NUL. Comes before the others, and has no answer.</summary>
    public const byte Environment = 3;

    public const int MostBytes = HeaderSize + (4096 * 8);
    public const byte NoNewPrivileges = 1;
    public const byte Listen = 2;
    private const int HeaderSize = 24;

    /// <param name="filter">The program.</param>
    /// <param name="listen">Whether a listener is wanted.</param>
    /// <param name="noNewPrivileges">Whether the kernel asks for that first.</param>
    /// <param name="pass">With which the filter lets the answer through.</param>
    public static byte[] MakeConfine(sock_filter[] filter, bool listen, bool noNewPrivileges, ulong pass)
    {
        ReadOnlySpan<byte> instructions = MemoryMarshal.AsBytes<sock_filter>(filter);
        byte[] message = new byte[HeaderSize + instructions.Length];
        message[0] = Confine;
        message[1] = (byte)((listen ? Listen : 0) | (noNewPrivileges ? NoNewPrivileges : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(8), pass);
        instructions.CopyTo(message.AsSpan(HeaderSize));
        return message;
    }

    public static byte[] MakeGo(ulong ignoredSignals, ulong openFilesLimit)
    {
        byte[] message = new byte[HeaderSize];
        message[0] = Go;
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(8), ignoredSignals);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(16), openFilesLimit);
        return message;
    }

    /// <summary>In pieces, for an environment may be larger than a message.</summary>
    public static IEnumerable<byte[]> MakeEnvironment(byte[][] entries)
    {
        byte[] text = [.. entries.SelectMany(entry => entry.Append((byte)0))];
        return text.Chunk(MostBytes - 1).Select(piece => (byte[])[Environment, .. piece]);
    }

    public static ReadOnlySpan<byte> EnvironmentPiece(ReadOnlySpan<byte> message) => message[1..];

    public static ulong Pass(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[8..]);

    public static ulong IgnoredSignals(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[8..]);

    public static ulong OpenFilesLimit(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[16..]);

    public static ReadOnlySpan<byte> Filter(ReadOnlySpan<byte> message) => message[HeaderSize..];
}

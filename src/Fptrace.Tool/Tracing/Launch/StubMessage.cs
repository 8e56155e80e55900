using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Launch;

/// <summary>The messages by which the tool tells its stub what to do.</summary>
/// <remarks>
/// Layout: kind (1 byte), flags (1), 6 unused; the ignored signals, or the number for the filter (8); the soft limit of
/// open files (8); the instructions of the filter (8 each).
/// </remarks>
internal static class StubMessage
{
    /// <summary>
    /// Install the filter. The answer is 0, with the listener's descriptor if one is wanted, or −errno.
    /// </summary>
    public const byte Confine = 1;

    /// <summary>Become the command. The only answer is −errno, if that fails.</summary>
    public const byte Go = 2;

    /// <summary>A piece of the command's environment: entries that end with a NUL.</summary>
    /// <remarks>
    /// It comes before the other messages and has no answer. Without one the command gets the stub's.
    /// </remarks>
    public const byte Environment = 3;

    public const int MostBytes = HeaderSize + (4096 * 8);
    public const byte NoNewPrivileges = 1;
    public const byte Listen = 2;
    private const int HeaderSize = 24;

    /// <param name="filter">The seccomp program.</param>
    /// <param name="listen">Whether a listener is wanted.</param>
    /// <param name="noNewPrivileges">Whether the stub must set no_new_privs first (seccomp(2)).</param>
    /// <param name="pass">The number by which the filter lets the stub's answer pass.</param>
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

    /// <summary>Makes messages of an environment, which may be larger than one message.</summary>
    public static IEnumerable<byte[]> MakeEnvironment(byte[][] entries)
    {
        byte[] text = [.. entries.SelectMany(entry => entry.Append((byte)0))];
        return text.Chunk(MostBytes - 1).Select(piece => (byte[])[Environment, .. piece]);
    }

    public static ReadOnlySpan<byte> EnvironmentPiece(ReadOnlySpan<byte> message) => message[1..];

    public static ulong Pass(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[8..]);

    public static ulong IgnoredSignals(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt64LittleEndian(message[8..]);

    public static ulong OpenFilesLimit(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt64LittleEndian(message[16..]);

    public static ReadOnlySpan<byte> Filter(ReadOnlySpan<byte> message) => message[HeaderSize..];
}

namespace Fptrace.Linux.Proc;

/// <summary>Builds paths of files in /proc, with a NUL at the end.</summary>
/// <remarks>
/// A path is meant for the next system call. Each thread has eight buffers in turn, so the eighth path after it
/// overwrites it.
/// </remarks>
internal static class ProcPath
{
    private const int Size = 64;
    private const int Count = 8;

    [ThreadStatic]
    private static byte[]? s_buffers;

    [ThreadStatic]
    private static int s_next;

    /// <summary>/proc/ID/NAME.</summary>
    public static ReadOnlySpan<byte> Of(int id, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = Next();
        int length = Start(buffer, id, name);
        buffer[length++] = 0;
        return buffer[..length];
    }

    /// <summary>/proc/ID/NAME/NUMBER.</summary>
    public static ReadOnlySpan<byte> Of(int id, ReadOnlySpan<byte> name, int number)
    {
        Span<byte> buffer = Next();
        int length = Start(buffer, id, name);
        buffer[length++] = (byte)'/';
        number.TryFormat(buffer[length..], out int written,
            provider: System.Globalization.CultureInfo.InvariantCulture);
        length += written;
        buffer[length++] = 0;
        return buffer[..length];
    }

    /// <summary>The path in /proc of a descriptor of this process.</summary>
    public static ReadOnlySpan<byte> OfOwnDescriptor(int fd) => Of(Environment.ProcessId, "fd"u8, fd);

    private static Span<byte> Next()
    {
        byte[] buffers = s_buffers ??= new byte[Count * Size];
        s_next = (s_next + 1) % Count;
        return buffers.AsSpan(s_next * Size, Size);
    }

    private static int Start(Span<byte> buffer, int id, ReadOnlySpan<byte> name)
    {
        "/proc/"u8.CopyTo(buffer);
        int length = "/proc/"u8.Length;
        id.TryFormat(buffer[length..], out int written, provider: System.Globalization.CultureInfo.InvariantCulture);
        length += written;
        buffer[length++] = (byte)'/';
        name.CopyTo(buffer[length..]);
        return length + name.Length;
    }
}

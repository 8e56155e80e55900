using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Fptrace.Linux.Posix;

/// <summary>What /proc/self/status says of this process (proc_pid_status(5)), read once: the kernel takes 10 µs to write it.</summary>
internal static class OwnStatus
{
    private static readonly Lazy<byte[]> s_text = new(Read);

    /// <summary>Who traced this process when it asked first: a thread's number, or 0 for nobody.</summary>
    public static int Tracer => int.TryParse(Field("\nTracerPid:\t"u8, word: 0), NumberStyles.None, CultureInfo.InvariantCulture, out int tracer) ? tracer : 0;

    /// <summary>A word of a line; "" where there is no such line.</summary>
    /// <param name="name">Of the field, between the end of the line before it and the tab behind it.</param>
    /// <param name="word">Counted from 0; -1 for all of them.</param>
    public static string Field(ReadOnlySpan<byte> name, int word)
    {
        ReadOnlySpan<byte> status = s_text.Value;
        int start = status.IndexOf(name);
        if (start < 0)
        {
            return "";
        }

        ReadOnlySpan<byte> line = status[(start + name.Length)..];
        line = line[..Math.Max(line.IndexOf((byte)'\n'), 0)];
        string text = Encoding.ASCII.GetString(line).Trim();
        return word < 0 ? text : text.Split('\t')[word];
    }

    private static byte[] Read()
    {
        int fd = libc.openat(libc.AT_FDCWD, in MemoryMarshal.GetReference("/proc/self/status\0"u8), libc.O_RDONLY | libc.O_CLOEXEC, 0);
        if (fd < 0)
        {
            return [];
        }

        // The rule is below 2 KB; whoever is in many groups has a longer one.
        Span<byte> text = stackalloc byte[4096];
        int length = 0;
        nint read;
        while ((read = libc.read(fd, ref text[length], text.Length - length)) > 0)
        {
            length += (int)read;
            if (length == text.Length)
            {
                byte[] longer = new byte[2 * length];
                text.CopyTo(longer);
                text = longer;
            }
        }

        _ = libc.close(fd);
        return text[..length].ToArray();
    }
}

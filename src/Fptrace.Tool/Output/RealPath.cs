using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>Follows every symbolic link of a path, as the kernel does; the last parts need not exist.</summary>
/// <remarks>The runtime's own resolution takes <c>..</c> off by text, which leads astray behind a link to a
/// directory.</remarks>
internal static class RealPath
{
    /// <summary>As many as the kernel follows (path_resolution(7)).</summary>
    private const int MostLinks = 40;

    private const int LongestLink = 4096;

    private static readonly byte[] s_ownDescriptors =
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/"));

    /// <param name="path">Absolute.</param>
    /// <exception cref="OutputError">Links lead round in a circle.</exception>
    public static byte[] Of(ReadOnlySpan<byte> path)
    {
        var pending = new Stack<byte[]>();
        Push(pending, path);
        byte[] real = "/"u8.ToArray();
        byte[] target = new byte[LongestLink];
        int links = 0;
        while (pending.TryPop(out byte[]? part))
        {
            if (part is [(byte)'.', (byte)'.'])
            {
                real = OutputPath.Parent(real).ToArray();
                continue;
            }

            byte[] next = OutputPath.Join(real, part);
            int length = DescriptorOf(next) is null ? Files.LinkAt(OutputPath.Terminated(next), target) : -1;
            if (length < 0)
            {
                // No link, or nothing at all. Where one of our descriptors leads its text does not tell: it may have no
                // name.
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new OutputError(errno.ELOOP);
            }

            real = target[0] == '/' ? "/"u8.ToArray() : real;
            Push(pending, target.AsSpan(0, length));
        }

        return real;
    }

    /// <summary>The number of our descriptor that a path means, which a link such as /dev/stdout leads to; null for
    /// another path.</summary>
    public static int? DescriptorOf(ReadOnlySpan<byte> real) =>
        real.StartsWith(s_ownDescriptors)
            && int.TryParse(real[s_ownDescriptors.Length..], NumberStyles.None, CultureInfo.InvariantCulture,
                out int fd) ? fd : null;

    private static void Push(Stack<byte[]> pending, ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            // From the end, so that the first part comes out first.
            int slash = path.LastIndexOf((byte)'/');
            ReadOnlySpan<byte> part = path[(slash + 1)..];
            if (part is not ([] or [(byte)'.']))
            {
                pending.Push(part.ToArray());
            }

            path = slash < 0 ? [] : path[..slash];
        }
    }
}

using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>Follows all symbolic links in a path, as the kernel does. The last parts need not exist.</summary>
/// <remarks>
/// .NET's own resolution removes <c>..</c> from the text, which is wrong after a link to a directory.
/// </remarks>
internal static class RealPath
{
    /// <summary>The kernel's limit (path_resolution(7)).</summary>
    private const int MostLinks = 40;

    private const int LongestLink = 4096;

    private static readonly byte[] s_ownDescriptors =
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/"));

    /// <param name="path">An absolute path.</param>
    /// <exception cref="OutputError">The links form a loop.</exception>
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
                // The path is no link or does not exist, or it is a descriptor of this process. The link text of a
                // descriptor is not followed, because its file may have no name.
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

    /// <summary>
    /// The descriptor of this process to which a path leads, as /dev/stdout does; null for other paths.
    /// </summary>
    public static int? DescriptorOf(ReadOnlySpan<byte> real) =>
        real.StartsWith(s_ownDescriptors)
            && int.TryParse(real[s_ownDescriptors.Length..], NumberStyles.None, CultureInfo.InvariantCulture,
                out int fd) ? fd : null;

    private static void Push(Stack<byte[]> pending, ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            // Push the parts from the end, so that the first is popped first.
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

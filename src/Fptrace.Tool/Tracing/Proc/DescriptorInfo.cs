using System.Buffers.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;

namespace Fptrace.Tracing.Proc;

/// <summary>What /proc/PID/fdinfo/N says of an open file (proc_pid_fdinfo(5)).</summary>
/// <param name="Position">The offset at which the next read or write begins.</param>
/// <param name="Flags">Those of open(2), without the ones that matter only while it runs, such as O_CREAT.</param>
/// <param name="Mount">The id of the mount that the file is on.</param>
internal readonly record struct DescriptorInfo(long Position, int Flags, int Mount)
{
    /// <summary>Whether the descriptor's flags allow reading or writing. If not, the call fails with EBADF.</summary>
    public static bool IsOpenFor(int pid, int fd, Direction direction)
    {
        if (Of(pid, fd) is not { } info)
        {
            return true;
        }

        int mode = info.Flags & fcntl.O_ACCMODE;
        return (info.Flags & fcntl.O_PATH) == 0
            && (mode == fcntl.O_RDWR || mode == (direction == Direction.Write ? fcntl.O_WRONLY : fcntl.O_RDONLY));
    }

    /// <returns>Null when it cannot be read.</returns>
    public static DescriptorInfo? Of(int pid, int fd)
    {
        ReadOnlySpan<byte> text = Files.ReadAll(ProcPath.Of(pid, "fdinfo"u8, fd));
        if (text.IsEmpty)
        {
            return null;
        }

        // The flags are in octal.
        int flags = 0;
        foreach (byte digit in Value(text, "flags:\t"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                break;
            }

            flags = (flags << 3) | (digit - '0');
        }

        _ = Utf8Parser.TryParse(Value(text, "pos:\t"u8), out long position, out _);
        _ = Utf8Parser.TryParse(Value(text, "mnt_id:\t"u8), out int mount, out _);
        return new DescriptorInfo(position, flags, mount);
    }

    /// <summary>Whether two descriptors of one file may belong to one open file description (open(2)).</summary>
    /// <remarks>A write meanwhile moves the position of both, so this looks again until nothing has changed.</remarks>
    public static bool MayBeSame(int pid, int fd, int otherPid, int otherFd)
    {
        const int MostLooks = 10;
        DescriptorInfo? before = Of(pid, fd);
        for (int i = 0; ; i++)
        {
            DescriptorInfo? other = Of(otherPid, otherFd);
            DescriptorInfo? after = Of(pid, fd);
            if (before == after || i == MostLooks)
            {
                // FD_CLOEXEC belongs to the descriptor, not to the open file description.
                return Shared(before) == Shared(other) || (before != after && other is not null);
            }

            before = after;
        }
    }

    private static DescriptorInfo? Shared(DescriptorInfo? info) =>
        info is { } own ? own with { Flags = own.Flags & ~fcntl.O_CLOEXEC } : null;

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int at = text.IndexOf(name);
        return at < 0 ? [] : text[(at + name.Length)..];
    }
}

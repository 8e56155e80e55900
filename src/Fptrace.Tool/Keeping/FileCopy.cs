using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Keeping;

/// <summary>Gives a file one more name, or makes a copy of it, with its mode, its time and, where we may, its
/// owner.</summary>
/// <remarks>A target that exists is never replaced. Every answer is 0 or −errno.</remarks>
internal static class FileCopy
{
    private const int LongestTarget = 4096;
    private const uint Permissions = 0x1ff;

    /// <param name="file">A descriptor of the file (O_PATH); of a symbolic link that of the link itself.</param>
    /// <param name="directory">Where the new name goes.</param>
    /// <param name="name">It, with a NUL.</param>
    public static int Link(int file, int directory, ReadOnlySpan<byte> name) =>
        FilesAt.LinkOpen(ProcPath.OfOwnDescriptor(file), directory, name);

    /// <param name="file">A descriptor of a regular file or symbolic link (O_PATH).</param>
    /// <param name="found">What stat says of it.</param>
    /// <param name="directory">Where the copy goes.</param>
    /// <param name="name">It, with a NUL.</param>
    public static int Copy(int file, in statx found, int directory, ReadOnlySpan<byte> name) =>
        FileStamp.TypeOf(found.stx_mode) == FileType.Symlink
            ? CopyLink(file, found, directory, name)
            : CopyContent(file, found, directory, name);

    private static int CopyLink(int file, in statx found, int directory, ReadOnlySpan<byte> name)
    {
        Span<byte> target = stackalloc byte[LongestTarget + 1];
        int length = FilesAt.ReadLink(file, "\0"u8, target[..LongestTarget]);
        if (length < 0)
        {
            return length;
        }

        target[length] = 0;
        int result = FilesAt.MakeLink(target[..(length + 1)], directory, name);
        if (result == 0)
        {
            _ = FilesAt.SetOwner(directory, name, found.stx_uid, found.stx_gid);
            _ = FilesAt.SetTimes(directory, name, FilesAt.Nanoseconds(found.stx_mtime));
        }

        return result;
    }

    private static int CopyContent(int file, in statx found, int directory, ReadOnlySpan<byte> name)
    {
        int source = FilesAt.Open(fcntl.AT_FDCWD, ProcPath.OfOwnDescriptor(file), fcntl.O_NONBLOCK);
        if (source < 0)
        {
            return source;
        }

        using var from = new SafeFileHandle(source, ownsHandle: true);
        int target = FilesAt.Create(directory, name, 0x180);
        if (target < 0)
        {
            return target;
        }

        using var to = new SafeFileHandle(target, ownsHandle: true);
        int result = CopyBytes(from, to, (long)found.stx_size);
        if (result == 0)
        {
            // Only with its owner a file keeps the bits that give rights.
            bool isOwned = FilesAt.SetOwner(directory, name, found.stx_uid, found.stx_gid) == 0;
            result = FilesAt.SetMode(target, found.stx_mode & (isOwned ? 0xfffu : Permissions));
        }

        result = result < 0 ? result : FilesAt.SetTimes(target, FilesAt.Nanoseconds(found.stx_mtime));
        if (result < 0)
        {
            _ = FilesAt.Unlink(directory, name);
        }

        return result;
    }

    private static int CopyBytes(SafeFileHandle from, SafeFileHandle to, long size)
    {
        if (FilesAt.TryClone(to, from) || (size > 0 && FilesAt.TryCopy(from, to, size)))
        {
            return 0;
        }

        byte[] buffer = new byte[1 << 16];
        try
        {
            int length;
            for (long at = 0; (length = FilesAt.ReadAt(from, buffer, at)) > 0; at += length)
            {
                for (int written = 0; written < length;)
                {
                    written += FilesAt.WriteAt(to, buffer.AsSpan(written, length - written), at + written);
                }
            }

            return 0;
        }
        catch (IOException e)
        {
            return FilesAt.ErrorOf(e);
        }
    }
}

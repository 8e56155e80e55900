using System.Globalization;
using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>
/// Writes a file beside its place and renames it, or overwrites it in place where no rename can replace it.
/// </summary>
internal static class WholeFile
{
    private const int LongestName = 255;
    private const int S_IFMT = 0xf000;
    private const int S_IFREG = 0x8000;

    /// <summary>
    /// Replaces a file. The new one keeps the mode and, if permitted, the owner. On failure the old one stays.
    /// </summary>
    /// <param name="path">An absolute path. Its directory is created if the command has removed it.</param>
    /// <param name="fill">Writes the content.</param>
    /// <exception cref="OutputError">It could not be written or renamed. No temporary file is left.</exception>
    public static void Replace(ReadOnlySpan<byte> path, Action<int> fill)
    {
        byte[] target = OutputPath.Terminated(path);
        bool stands = OwnFiles.Stat(target, FinalLink.Keep, out statx former) == 0
            && (former.stx_mode & S_IFMT) == S_IFREG;
        int result = TryReplace(path, 0x1b6, stands ? former : null, fill);
        if (result == -errno.ENOENT)
        {
            OutputPath.MakeDirectories(OutputPath.Parent(path));
            result = TryReplace(path, 0x1b6, former: null, fill);
        }

        // The checks before the command started may no longer hold: the file may be a mount point now, or the directory
        // another one.
        if (stands && result is -errno.EBUSY or -errno.EXDEV or -errno.EPERM or -errno.EACCES or -errno.EROFS)
        {
            Overwrite(path, fill);
            return;
        }

        OutputError.Check(result);
    }

    /// <summary>Puts a new file in place of whatever has that name.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">The mode, from which the umask is removed.</param>
    /// <param name="fill">Writes the content.</param>
    /// <exception cref="OutputError">It could not be written or renamed. No temporary file is left.</exception>
    public static void Renew(ReadOnlySpan<byte> path, uint mode, Action<int> fill) =>
        OutputError.Check(TryReplace(path, mode, former: null, fill));

    /// <summary>Overwrites an existing file in place.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="fill">Writes the content.</param>
    /// <exception cref="OutputError">The file cannot be written. The error tells whether it now contains a part of the
    /// output.</exception>
    public static void Overwrite(ReadOnlySpan<byte> path, Action<int> fill)
    {
        int fd = OutputError.Check(OwnFiles.Open(OutputPath.Terminated(path), fcntl.O_WRONLY | fcntl.O_NOCTTY));
        using var closing = new ClosedAtEnd(fd);
        OutputError.Check(OwnFiles.Truncate(fd));
        try
        {
            fill(fd);
        }
        catch (OutputError e)
        {
            throw new OutputError(e.Errno, isPartial: true);
        }
    }

    /// <returns>0, or −errno if the file cannot be created or renamed.</returns>
    private static int TryReplace(ReadOnlySpan<byte> path, uint mode, statx? former, Action<int> fill)
    {
        byte[] temporary = OutputPath.Terminated(Temporary(path));
        int fd = OwnFiles.Open(temporary, fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL, mode);
        if (fd == -errno.EEXIST)
        {
            // A killed process with the same ID left the file. Remove it, do not reuse it: in a shared directory
            // another user may have put a link there.
            _ = FilesAt.Unlink(fcntl.AT_FDCWD, temporary);
            fd = OwnFiles.Open(temporary, fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL, mode);
        }

        if (fd < 0)
        {
            return fd;
        }

        int result = -errno.EIO;
        try
        {
            fill(fd);
            result = former is { } same ? OwnFiles.TakeAfter(fd, same) : 0;
            result = result == 0 ? OwnFiles.Rename(temporary, OutputPath.Terminated(path)) : result;
            return result;
        }
        finally
        {
            Files.Close(fd);
            if (result != 0)
            {
                _ = FilesAt.Unlink(fcntl.AT_FDCWD, temporary);
            }
        }
    }

    private static byte[] Temporary(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        byte[] ending = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $".fptrace-{Environment.ProcessId}.tmp"));
        int length = Math.Min(name.Length, LongestName - ending.Length - 1);
        while (length > 0 && length < name.Length && (name[length] & 0xc0) == 0x80)
        {
            // Do not cut within a character: some file systems refuse invalid UTF-8.
            length--;
        }

        return OutputPath.Join(OutputPath.Parent(path), [(byte)'.', .. name[..length], .. ending]);
    }
}

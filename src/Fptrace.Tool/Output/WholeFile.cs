using System.Globalization;
using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;

namespace Fptrace.Output;

/// <summary>Puts a file in place: written beside it and renamed, or written over where no rename can do it.</summary>
internal static class WholeFile
{
    private const int LongestName = 255;
    private const int S_IFMT = 0xf000;
    private const int S_IFREG = 0x8000;

    /// <summary>A file that stands there keeps its mode and owner, and its content if this fails.</summary>
    /// <param name="path">Absolute; a directory that the command removed is made again.</param>
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

        // What was foreseen before the command started may have changed meanwhile: it is a mount now, or the directory
        // another one.
        if (stands && result is -errno.EBUSY or -errno.EXDEV or -errno.EPERM or -errno.EACCES or -errno.EROFS)
        {
            Overwrite(path, fill);
            return;
        }

        OutputError.Check(result);
    }

    /// <summary>A new file in place of whatever has that name.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">Less the umask.</param>
    /// <param name="fill">Writes the content.</param>
    /// <exception cref="OutputError">It could not be written or renamed. No temporary file is left.</exception>
    public static void Renew(ReadOnlySpan<byte> path, uint mode, Action<int> fill) =>
        OutputError.Check(TryReplace(path, mode, former: null, fill));

    /// <summary>Over the content of a file that stands there.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="fill">Writes the content.</param>
    /// <exception cref="OutputError">It could not be written; it says whether the file holds a part of it
    /// now.</exception>
    public static void Overwrite(ReadOnlySpan<byte> path, Action<int> fill)
    {
        int fd = OutputError.Check(OwnFiles.Open(OutputPath.Terminated(path), fcntl.O_WRONLY | fcntl.O_NOCTTY));
        try
        {
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
        finally
        {
            Files.Close(fd);
        }
    }

    /// <returns>0 or −errno of making or renaming it.</returns>
    private static int TryReplace(ReadOnlySpan<byte> path, uint mode, statx? former, Action<int> fill)
    {
        byte[] temporary = OutputPath.Terminated(Temporary(path));
        int fd = OwnFiles.Open(temporary, fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL, mode);
        if (fd == -errno.EEXIST)
        {
            // Left by a process that was killed and had the same id. It is removed rather than reused: in a shared
            // directory the name may be a link that somebody else put there.
            _ = OwnFiles.Remove(fcntl.AT_FDCWD, temporary);
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
                _ = OwnFiles.Remove(fcntl.AT_FDCWD, temporary);
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
            // Some file systems want whole characters.
            length--;
        }

        return OutputPath.Join(OutputPath.Parent(path), [(byte)'.', .. name[..length], .. ending]);
    }
}

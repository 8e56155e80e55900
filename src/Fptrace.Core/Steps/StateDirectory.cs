using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Steps;

/// <summary>The directory below the root that holds a project's manifests. Nothing in it is observed.</summary>
internal static class StateDirectory
{
    public const string Name = ".fptrace";

    /// <summary>The mode 0600. Only the user may read a manifest, because it holds what a command printed.</summary>
    public const uint OwnerOnly = 0x180;

    // The kernel subtracts the umask.
    private const uint NewFile = 0x1b6;
    private const uint NewDirectory = 0x1ff;

    /// <summary>Makes a new file. It fails if the path exists.</summary>
    /// <exception cref="IOException">It cannot be written; its HResult is the errno value.</exception>
    internal static void WriteNew(string path, ReadOnlySpan<byte> text, uint mode)
    {
        int fd = FilesAt.Open(fcntl.AT_FDCWD, PosixPath.Bytes(path),
            fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL, mode);
        if (fd < 0)
        {
            throw PosixError.Of(-fd);
        }

        using var closing = new ClosedAtEnd(fd);
        if (mode == OwnerOnly)
        {
            // The umask may have removed the owner's own right to read or write.
            _ = libc.fchmod(fd, mode);
        }

        while (!text.IsEmpty)
        {
            nint count = libc.write(fd, in MemoryMarshal.GetReference(text), text.Length);
            if (count < 0 && Marshal.GetLastPInvokeError() != errno.EINTR)
            {
                throw PosixError.Last();
            }

            text = text[(int)Math.Max(count, 0)..];
        }
    }

    /// <summary>Makes the directory of a file, if it does not exist.</summary>
    /// <exception cref="IOException">It cannot be made; its HResult is the errno value.</exception>
    internal static void MakeFor(string path)
    {
        if (path.LastIndexOf('/') is > 0 and int slash)
        {
            MakeDirectory(path[..slash]);
        }
    }

    private static void MakeDirectory(string path)
    {
        int result = FilesAt.MakeDirectory(fcntl.AT_FDCWD, PosixPath.Bytes(path), NewDirectory);
        if (result < 0)
        {
            switch (-result)
            {
                case errno.EEXIST:
                    return;
                case errno.ENOENT when path.LastIndexOf('/') is > 0 and int slash:
                    MakeDirectory(path[..slash]);
                    MakeDirectory(path);
                    return;
                default:
                    throw PosixError.Of(-result);
            }
        }

        if (path.EndsWith("/" + Name, StringComparison.Ordinal) || path == Name)
        {
            try
            {
                // Manifests hold inode numbers and times of one machine, so they do not belong into a repository.
                WriteNew(path + "/.gitignore", "*\n"u8, NewFile);
            }
            catch (IOException e) when (e.HResult == errno.EEXIST)
            {
                // Another process made the directory at the same time.
            }

            if (libc.geteuid() == 0)
            {
                GiveToOwner(path);
            }
        }
    }

    /// <summary>
    /// Under sudo, gives the directory to the owner of the tree, who could not keep manifests in it otherwise.
    /// </summary>
    /// <remarks>The owner still cannot read the manifests that root makes.</remarks>
    private static void GiveToOwner(string directory)
    {
        FileLook above = FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(directory + "/.."), FinalLink.Follow);
        if (above is not { Exists: true, User: > 0 })
        {
            return;
        }

        foreach (string path in (string[])[directory + "/.gitignore", directory])
        {
            int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Keep);
            if (fd >= 0)
            {
                // A file with several names may be a foreign one that somebody has linked here meanwhile.
                FileLook ours = FileLook.Of(fd);
                _ = ours.User == 0 && (ours.Type == FileType.Directory || ours.Links == 1)
                    ? libc.fchown(fd, above.User, above.Group)
                    : 0;
                _ = libc.close(fd);
            }
        }
    }
}

using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Steps;

/// <summary>The directory below the root in which a project's manifests stand. What is in it is never
/// observed.</summary>
internal static class StateDirectory
{
    public const string Name = ".fptrace";

    /// <summary>The mode of what its user alone may read: a manifest holds what a command printed.</summary>
    public const uint OwnerOnly = 0x180;

    // Less the process's umask.
    private const uint NewFile = 0x1b6;
    private const uint NewDirectory = 0x1ff;

    /// <summary>Makes a file where none stands.</summary>
    /// <exception cref="IOException">It cannot be written; its HResult is the errno value.</exception>
    internal static void WriteNew(string path, ReadOnlySpan<byte> text, uint mode)
    {
        int fd = libc.openat(fcntl.AT_FDCWD, in First(PosixPath.Bytes(path)),
            fcntl.O_WRONLY | fcntl.O_CREAT | fcntl.O_EXCL | fcntl.O_CLOEXEC, mode);
        if (fd < 0)
        {
            throw PosixError.Last();
        }

        try
        {
            if (mode == OwnerOnly)
            {
                // A umask can take the right to read from us, too.
                _ = libc.fchmod(fd, mode);
            }

            while (!text.IsEmpty)
            {
                nint count = libc.write(fd, in First(text), text.Length);
                if (count < 0 && Marshal.GetLastPInvokeError() != errno.EINTR)
                {
                    throw PosixError.Last();
                }

                text = text[(int)Math.Max(count, 0)..];
            }
        }
        finally
        {
            _ = libc.close(fd);
        }
    }

    /// <summary>Makes the directory that a file stands in, unless it is there.</summary>
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
        if (libc.mkdirat(fcntl.AT_FDCWD, in First(PosixPath.Bytes(path)), NewDirectory) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case errno.EEXIST:
                    return;
                case errno.ENOENT when path.LastIndexOf('/') is > 0 and int slash:
                    MakeDirectory(path[..slash]);
                    MakeDirectory(path);
                    return;
                default:
                    throw PosixError.Last();
            }
        }

        if (path.EndsWith("/" + Name, StringComparison.Ordinal) || path == Name)
        {
            try
            {
                // Manifests hold stamps of one machine: they belong into no repository.
                WriteNew(path + "/.gitignore", "*\n"u8, NewFile);
            }
            catch (IOException e) when (e.HResult == errno.EEXIST)
            {
                // Somebody else made the directory at the same time.
            }

            if (libc.geteuid() == 0)
            {
                GiveToOwner(path);
            }
        }
    }

    /// <summary>Under sudo: the directory belongs to whom the tree does, or he could keep no manifests in it from then
    /// on. What root's manifests hold he cannot read.</summary>
    private static void GiveToOwner(string directory)
    {
        FileLook above = FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(directory + "/.."), FinalLink.Follow);
        if (above is not { Exists: true, User: > 0 })
        {
            return;
        }

        foreach (string path in (string[])[directory + "/.gitignore", directory])
        {
            int fd = libc.openat(fcntl.AT_FDCWD, in First(PosixPath.Bytes(path)),
                fcntl.O_RDONLY | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK | fcntl.O_CLOEXEC, 0);
            if (fd >= 0)
            {
                // One of another name may be something else, which somebody has linked there meanwhile.
                FileLook ours = FileLook.Of(fd);
                _ = ours.User == 0 && (ours.Type == FileType.Directory || ours.Links == 1)
                    ? libc.fchown(fd, above.User, above.Group)
                    : 0;
                _ = libc.close(fd);
            }
        }
    }

    private static ref readonly byte First(ReadOnlySpan<byte> bytes) => ref MemoryMarshal.GetReference(bytes);
}

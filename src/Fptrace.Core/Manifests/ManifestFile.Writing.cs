using System.Globalization;
using System.Runtime.InteropServices;
using Fptrace.Manifests.Interop;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Puts manifests in place, and makes the directory for them.</summary>
public static partial class ManifestFile
{
    // Less the process's umask. What a command printed stands in a manifest, so that one is for its user alone.
    private const uint NewFile = 0x1b6;
    private const uint OwnerOnly = 0x180;
    private const uint NewDirectory = 0x1ff;
    private static int s_temporaries;

    /// <summary>Puts it in place of what was there, and makes its directory if need be.</summary>
    /// <exception cref="IOException">It cannot be written; its HResult is the errno value.</exception>
    public static void Save(string path, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(path);
        path = PlaceOf(path);
        int slash = path.LastIndexOf('/');
        string temporary = string.Create(
            CultureInfo.InvariantCulture,
            $"{path[..(slash + 1)]}.{path[(slash + 1)..]}.{Environment.ProcessId}-{Interlocked.Increment(ref s_temporaries)}{IgnoredPaths.TemporaryEnding}");
        MakeDirectoryOf(path);

        try
        {
            // Left by a process that was killed and had the same id; the new one is made by us alone, for the name may be a link of somebody else's.
            _ = libc.unlinkat(libc.AT_FDCWD, in First(Bytes(temporary)), 0);
            WriteNew(temporary, ManifestWriter.Write(manifest).Span, OwnerOnly);
            if (libc.rename(in First(Bytes(temporary)), in First(Bytes(path))) < 0)
            {
                throw Failure();
            }
        }
        catch
        {
            _ = libc.unlinkat(libc.AT_FDCWD, in First(Bytes(temporary)), 0);
            throw;
        }
    }

    private static void WriteNew(string path, ReadOnlySpan<byte> text, uint mode)
    {
        int fd = libc.openat(libc.AT_FDCWD, in First(Bytes(path)), libc.O_WRONLY | libc.O_CREAT | libc.O_EXCL | libc.O_CLOEXEC, mode);
        if (fd < 0)
        {
            throw Failure();
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
                if (count < 0 && Marshal.GetLastPInvokeError() != libc.EINTR)
                {
                    throw Failure();
                }

                text = text[(int)Math.Max(count, 0)..];
            }
        }
        finally
        {
            _ = libc.close(fd);
        }
    }

    /// <summary>Makes the directory that a manifest stands in, unless it is there.</summary>
    /// <exception cref="IOException">It cannot be made; its HResult is the errno value.</exception>
    internal static void MakeDirectoryOf(string path)
    {
        if (path.LastIndexOf('/') is > 0 and int slash)
        {
            MakeDirectory(path[..slash]);
        }
    }

    private static void MakeDirectory(string path)
    {
        if (libc.mkdirat(libc.AT_FDCWD, in First(Bytes(path)), NewDirectory) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case libc.EEXIST:
                    return;
                case libc.ENOENT when path.LastIndexOf('/') is > 0 and int slash:
                    MakeDirectory(path[..slash]);
                    MakeDirectory(path);
                    return;
                default:
                    throw Failure();
            }
        }

        if (path.EndsWith("/" + DirectoryName, StringComparison.Ordinal) || path == DirectoryName)
        {
            try
            {
                // Manifests hold stamps of one machine: they belong into no repository.
                WriteNew(path + "/.gitignore", "*\n"u8, NewFile);
            }
            catch (IOException e) when (e.HResult == libc.EEXIST)
            {
                // Somebody else made the directory at the same time.
            }

            if (libc.geteuid() == 0)
            {
                GiveToOwner(path);
            }
        }
    }

    /// <summary>Under sudo: the directory belongs to whom the tree does, or he could keep no manifests in it from then on. What root's manifests hold he cannot read.</summary>
    private static void GiveToOwner(string directory)
    {
        FileLook above = FileLook.At(libc.AT_FDCWD, Bytes(directory + "/.."), follow: true);
        if (above is not { Exists: true, User: > 0 })
        {
            return;
        }

        foreach (string path in (string[])[directory + "/.gitignore", directory])
        {
            int fd = libc.openat(libc.AT_FDCWD, in First(Bytes(path)), libc.O_RDONLY | libc.O_NOFOLLOW | libc.O_NONBLOCK | libc.O_CLOEXEC, 0);
            if (fd >= 0)
            {
                // One of another name may be something else, which somebody has linked there meanwhile.
                FileLook ours = FileLook.Of(fd);
                _ = ours.User == 0 && (ours.Type == FileType.Directory || ours.Links == 1) ? libc.fchown(fd, above.User, above.Group) : 0;
                _ = libc.close(fd);
            }
        }
    }
}

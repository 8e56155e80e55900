using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Manifests.Interop;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Manifests as files: they appear whole or not at all.</summary>
/// <remarks>A path is text as <see cref="ByteString"/> writes it, so that a directory whose name is not UTF-8 can have manifests too.</remarks>
public static class ManifestFile
{
    /// <summary>The directory below the root that holds manifests by their keys. What stands in it is never observed.</summary>
    public const string DirectoryName = ".fptrace";

    // Less the process's umask.
    private const uint NewFile = 0x1b6;
    private const uint NewDirectory = 0x1ff;
    private const int PieceSize = 1 << 20;
    private static int s_temporaries;

    /// <summary>ROOT/.fptrace/KEY.json.</summary>
    public static string DefaultPath(StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return (step.Root.Length == 1 ? "" : step.Root.ToString()) + $"/{DirectoryName}/{step.Key}.json";
    }

    /// <summary>Reads and checks it. Whatever is wrong is a reason, and no exception.</summary>
    public static ManifestLoad Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!OperatingSystem.IsLinux())
        {
            // In a working tree that several machines share, MSBuild finds those of Linux elsewhere, too. There the C library is missing or another.
            return new ManifestLoad(null, "the manifest cannot be read: it is one of Linux");
        }

        int fd = libc.openat(libc.AT_FDCWD, in First(Bytes(path)), libc.O_RDONLY | libc.O_NONBLOCK | libc.O_CLOEXEC, 0);
        if (fd < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return new ManifestLoad(null, error is libc.ENOENT or libc.ENOTDIR
                ? "no manifest: this command was not run before"
                : $"the manifest cannot be read: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        try
        {
            FileLook look = FileLook.Of(fd);
            if (look.Type != FileType.Regular)
            {
                return new ManifestLoad(null, $"the manifest cannot be read: it is a {FileTypes.Name(look.Type)}");
            }

            if (look.Size > ManifestReader.LargestFile)
            {
                return new ManifestLoad(null, "the manifest is damaged: it is too large");
            }

            byte[] text = GC.AllocateUninitializedArray<byte>((int)look.Size);
            return TryFill(fd, text)
                ? ManifestReader.Read(text, threads: 0)
                : new ManifestLoad(null, "the manifest cannot be read: it changed meanwhile");
        }
        finally
        {
            _ = libc.close(fd);
        }
    }

    /// <summary>Puts it in place of what was there, and makes its directory if need be.</summary>
    /// <exception cref="IOException">It cannot be written; its HResult is the errno value.</exception>
    public static void Save(string path, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(path);
        int slash = path.LastIndexOf('/');
        string temporary = string.Create(
            CultureInfo.InvariantCulture,
            $"{path[..(slash + 1)]}.{path[(slash + 1)..]}.{Environment.ProcessId}-{Interlocked.Increment(ref s_temporaries)}{IgnoredPaths.TemporaryEnding}");
        MakeDirectoryOf(path);

        try
        {
            // Left by a process that was killed and had the same id; the new one is made by us alone, for the name may be a link of somebody else's.
            _ = libc.unlinkat(libc.AT_FDCWD, in First(Bytes(temporary)), 0);
            WriteNew(temporary, ManifestWriter.Write(manifest).Span);
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

    /// <summary>From now on the step is not up to date. It may be missing already.</summary>
    /// <exception cref="IOException">It cannot be deleted; its HResult is the errno value.</exception>
    public static void Delete(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (libc.unlinkat(libc.AT_FDCWD, in First(Bytes(path)), 0) < 0 && Marshal.GetLastPInvokeError() is not (libc.ENOENT or libc.ENOTDIR))
        {
            throw Failure();
        }
    }

    /// <summary>Reads a file of a known size, a large one with several threads.</summary>
    private static bool TryFill(int fd, byte[] text)
    {
        int pieces = (text.Length + PieceSize - 1) / PieceSize;
        bool isWhole = true;
        Workers.Run(pieces, Workers.Count(0, pieces), piece =>
        {
            Span<byte> rest = text.AsSpan(piece * PieceSize, Math.Min(PieceSize, text.Length - (piece * PieceSize)));
            long offset = (long)piece * PieceSize;
            while (!rest.IsEmpty)
            {
                nint count = libc.pread(fd, ref MemoryMarshal.GetReference(rest), rest.Length, offset);
                if (count > 0)
                {
                    offset += count;
                    rest = rest[(int)count..];
                }
                else if (count == 0 || Marshal.GetLastPInvokeError() != libc.EINTR)
                {
                    isWhole = false;
                    return;
                }
            }
        });
        return isWhole;
    }

    private static void WriteNew(string path, ReadOnlySpan<byte> text)
    {
        int fd = libc.openat(libc.AT_FDCWD, in First(Bytes(path)), libc.O_WRONLY | libc.O_CREAT | libc.O_EXCL | libc.O_CLOEXEC, NewFile);
        if (fd < 0)
        {
            throw Failure();
        }

        try
        {
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
                WriteNew(path + "/.gitignore", "*\n"u8);
            }
            catch (IOException e) when (e.HResult == libc.EEXIST)
            {
                // Somebody else made the directory at the same time.
            }
        }
    }

    /// <summary>A path that is text as <see cref="ByteString"/> writes it, with a NUL behind.</summary>
    internal static byte[] Bytes(string path) => [.. (path.Contains('\0', StringComparison.Ordinal) ? ByteString.Parse(path).Span : Encoding.UTF8.GetBytes(path)), 0];

    private static ref readonly byte First(ReadOnlySpan<byte> bytes) => ref MemoryMarshal.GetReference(bytes);

    private static IOException Failure()
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }
}

using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Machine;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Manifests as files. A save replaces the whole file, or nothing.</summary>
/// <remarks>
/// A path is text with the escapes of <see cref="ByteString"/>, so that a directory whose name is not UTF-8 can hold
/// manifests, too.
/// <para>
/// A manifest of another version stays as it is, since that version may be in use beside this one. Ours is then beside
/// it, as FILE.fptrace-v2, and every method that gets FILE finds it there. So neither version makes the step of the
/// other one run again.
/// </para>
/// </remarks>
public static partial class ManifestFile
{
    /// <summary>The directory below the root that holds manifests by their keys. Nothing in it is observed.</summary>
    public const string DirectoryName = StateDirectory.Name;

    private const int PieceSize = 1 << 20;
    private const long OneDayNs = 24L * 60 * 60 * 1_000_000_000;
    internal const string NoManifest = "no manifest: this command was not run before";

    /// <summary>The path ROOT/.fptrace/KEY.json.</summary>
    public static string DefaultPath(StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return $"{DefaultDirectory(step.Root)}/{step.Key}.json";
    }

    /// <summary>The path ROOT/.fptrace.</summary>
    public static string DefaultDirectory(ByteString root) =>
        (root.Length == 1 ? "" : root.ToString()) + $"/{DirectoryName}";

    /// <summary>
    /// Reads and checks a manifest. If anything is wrong, the result has a reason; this throws nothing.
    /// </summary>
    public static ManifestLoad Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ManifestLoad load = LoadFrom(path, out bool isOthers);
        if (!isOthers)
        {
            return load;
        }

        ManifestLoad ours = LoadFrom(Beside(path), out _);
        return ours.Reason == NoManifest
            ? new ManifestLoad(null, "the manifest is of another version of fptrace; this one keeps its own beside it")
            : ours;
    }

    /// <summary>Records that the manifest was used, because one that is not used for long is forgotten.</summary>
    /// <remarks>It does so at most once a day. Otherwise it renews the index if that is needed.</remarks>
    internal static void Use(ManifestLoad load)
    {
        if (load is { File: { } path, UsedNs: > 0 } && FileLook.Now() - load.UsedNs > OneDayNs)
        {
            _ = FilesAt.Touch(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Follow);
        }
        else
        {
            IndexFile.Renew(load);
        }
    }

    private static string Beside(string path) => path + IgnoredPaths.VersionEnding + Schema.Number;

    /// <summary>The path of the manifest of this version.</summary>
    private static string PlaceOf(string path) => IsOthers(path) ? Beside(path) : path;

    /// <summary>Whether the file is a manifest of another version.</summary>
    internal static bool IsOthers(string path) => ManifestReader.IsOfAnotherVersion(Head(path));

    /// <summary>Whether the file is a manifest of any version, damaged or not.</summary>
    public static bool IsManifest(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ManifestReader.IsOfAnyVersion(Head(path));
    }

    /// <summary>Removes a manifest, and the one of this version beside it, unless a run holds the lock.</summary>
    /// <returns>Whether the manifest is gone.</returns>
    public static bool TryForget(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (RunLock.IsHeld(path))
        {
            return false;
        }

        IndexFile.Remove(path);
        IndexFile.Remove(Beside(path));
        _ = FilesAt.Unlink(fcntl.AT_FDCWD, PosixPath.Bytes(Beside(path)));
        return FilesAt.Unlink(fcntl.AT_FDCWD, PosixPath.Bytes(path)) is 0 or -errno.ENOENT;
    }

    private static ReadOnlySpan<byte> Head(string path)
    {
        int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Follow);
        if (fd < 0)
        {
            return [];
        }

        byte[] head = new byte[ManifestReader.HeadLength];
        nint length = FileLook.Of(fd).Type == FileType.Regular ? libc.pread(fd, ref head[0], head.Length, 0) : 0;
        _ = libc.close(fd);
        return head.AsSpan(0, (int)Math.Max(length, 0));
    }

    private static ManifestLoad LoadFrom(string path, out bool isOthers)
    {
        isOthers = false;
        if (!OperatingSystem.IsLinux())
        {
            // MSBuild also runs on other systems, where a shared working tree may hold manifests from Linux. There the
            // C library is missing or different.
            return new ManifestLoad(null, "the manifest cannot be read: it is one of Linux");
        }

        int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Follow);
        if (fd < 0)
        {
            return new ManifestLoad(null, -fd is errno.ENOENT or errno.ENOTDIR
                ? NoManifest
                : $"the manifest cannot be read: {Marshal.GetPInvokeErrorMessage(-fd)}");
        }

        using var closing = new ClosedAtEnd(fd);
        long now = FileLook.Now();
        FileLook look = FileLook.Of(fd);
        if (look.Type != FileType.Regular)
        {
            return new ManifestLoad(null, $"the manifest cannot be read: it is a {FileTypes.Name(look.Type)}");
        }

        if (look.Size > ManifestReader.LargestFile)
        {
            return new ManifestLoad(null, "the manifest is damaged: it is too large");
        }

        ManifestIndex? index = look.Size >= IndexFile.SmallestManifest ? IndexFile.TryOpen(path, look) : null;
        if (index is not null && index.ManifestLength == look.Size && index.Times == look.Times
            && index.TryRead() is { } known)
        {
            return new ManifestLoad(known, null) { UsedNs = look.Times.ModifiedNs, File = path };
        }

        byte[] text = LargeArray.Allocate<byte>((int)look.Size);
        if (!TryFill(fd, text))
        {
            return new ManifestLoad(null, "the manifest cannot be read: it changed meanwhile");
        }

        isOthers = ManifestReader.IsOfAnotherVersion(text);
        return Read(text, index, look.TimesAt(now),
            look.User == libc.geteuid()) with { UsedNs = look.Times.ModifiedNs, File = path };
    }

    /// <summary>Parses the text; if there is an index of this text, it only verifies the checksum.</summary>
    private static ManifestLoad Read(byte[] text, ManifestIndex? index, FileTimes times, bool isOurs)
    {
        bool isIndexed = index is not null && ManifestReader.HasRightChecksum(text)
            && index.Sum.SequenceEqual(ManifestReader.Checksum(text));
        Manifest? known = isIndexed ? index!.TryRead() : null;
        ManifestLoad load = known is not null ? new ManifestLoad(known, null) : ManifestReader.Read(text);
        return isOurs && text.Length >= IndexFile.SmallestManifest && load.Manifest is { Passes: true }
            ? load with
            {
                Renewal = new IndexRenewal(ManifestReader.Checksum(text).ToArray(), known is not null, times),
            }
            : load;
    }

    /// <summary>
    /// The user who owns a directory, if that is somebody else; null if it is ours or cannot be examined.
    /// </summary>
    public static uint? OtherOwnerOf(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        FileLook look = FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(directory), FinalLink.Follow);
        return look.Exists && look.User != libc.geteuid() ? look.User : null;
    }

    /// <summary>Deletes a manifest, if it exists, so that the step is no longer up to date.</summary>
    /// <exception cref="IOException">It cannot be deleted; its HResult is the errno value.</exception>
    public static void Delete(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        path = PlaceOf(path);
        IndexFile.Remove(path);
        int result = FilesAt.Unlink(fcntl.AT_FDCWD, PosixPath.Bytes(path));
        if (result is not (0 or -errno.ENOENT or -errno.ENOTDIR))
        {
            throw PosixError.Of(-result);
        }
    }

    /// <summary>Reads a file of a known size. Several threads read a large one.</summary>
    internal static bool TryFill(int fd, byte[] text)
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
                else if (count == 0 || Marshal.GetLastPInvokeError() != errno.EINTR)
                {
                    isWhole = false;
                    return;
                }
            }
        });
        return isWhole;
    }
}

using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Machine;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>The index beside a large manifest. Only speed depends on it, and it may be removed at any time.</summary>
/// <remarks>
/// Whoever saves a manifest writes it, and so does a check that finds none, or one of another text. Only an index that
/// belongs to the owner of the manifest and that nobody else can read is used: in a directory such as /tmp anybody
/// could put one there.
/// </remarks>
internal static class IndexFile
{
    /// <summary>Bytes of a manifest that has one: below this parsing costs as much as one more file.</summary>
    public const int SmallestManifest = 16 << 10;

    private const uint Others = 0x3f; // 0077

    /// <summary>What ends its name, which begins with a dot. A file of a version is observed by no step.</summary>
    private static string Ending => $"{IgnoredPaths.VersionEnding}{Schema.Number}-index";

    /// <param name="manifest">The file that the manifest stands in.</param>
    public static string Of(string manifest)
    {
        int slash = manifest.LastIndexOf('/') + 1;
        return $"{manifest[..slash]}.{manifest[slash..]}{Ending}";
    }

    /// <summary>The name of the manifest whose index has this name; null where no index has it.</summary>
    public static string? ManifestOf(string name) =>
        name.Length > Ending.Length && name[0] == '.' && name.EndsWith(Ending, StringComparison.Ordinal)
            ? name[1..^Ending.Length]
            : null;

    /// <param name="manifest">The file that the manifest stands in.</param>
    /// <param name="look">At that file.</param>
    /// <returns>Null where there is none to be used.</returns>
    public static ManifestIndex? TryOpen(string manifest, in FileLook look)
    {
        int fd = Open(manifest, fcntl.O_RDONLY);
        if (fd < 0)
        {
            return null;
        }

        FileLook ours = FileLook.Of(fd);
        byte[]? bytes = ours.Type == FileType.Regular && ours.User == look.User && (ours.Mode & Others) == 0
            && ours.Size is >= ManifestIndex.HeaderLength and <= ManifestReader.LargestFile
            ? LargeArray.Allocate<byte>((int)ours.Size)
            : null;
        bool isRead = bytes is not null && ManifestFile.TryFill(fd, bytes);
        _ = libc.close(fd);
        return isRead ? ManifestIndex.TryOpen(bytes!) : null;
    }

    /// <summary>After a manifest was put in place: its index follows, or none stays.</summary>
    /// <param name="path">The file that the manifest stands in.</param>
    /// <param name="manifest">What it says.</param>
    /// <param name="text">Its text.</param>
    public static void Save(string path, Manifest manifest, ReadOnlySpan<byte> text)
    {
        if (text.Length < SmallestManifest || !manifest.Passes)
        {
            Remove(path);
            return;
        }

        try
        {
            ManifestFile.Replace(Of(path), ManifestIndex.Write(manifest, text).Span);
        }
        catch (IOException)
        {
            Remove(path);
        }
    }

    /// <summary>After a manifest was read and nothing in it changed: the next check is to be spared that.</summary>
    public static void Renew(ManifestLoad load)
    {
        if (load is not { File: { } path, Manifest: { } manifest, Renewal: { } renewal })
        {
            return;
        }

        if (!renewal.HasIndex)
        {
            // Of a text that somebody else has laid out, and sealed, the writer's is another: it gets no index.
            ReadOnlyMemory<byte> text = ManifestWriter.Write(manifest);
            if (ManifestReader.Checksum(text.Span).SequenceEqual(renewal.Sum))
            {
                Save(path, manifest, text.Span);
            }
        }

        if (!renewal.Times.IsEmpty)
        {
            SetTimes(path, renewal);
        }
    }

    /// <summary>Removes it with its manifest.</summary>
    public static void Remove(string manifest) =>
        _ = libc.unlinkat(fcntl.AT_FDCWD, in PosixPath.Bytes(Of(manifest))[0], 0);

    private static void SetTimes(string manifest, in IndexRenewal renewal)
    {
        int fd = Open(manifest, fcntl.O_RDWR);
        if (fd < 0)
        {
            return;
        }

        Span<byte> header = stackalloc byte[ManifestIndex.HeaderLength];
        ref byte first = ref MemoryMarshal.GetReference(header);
        if (libc.pread(fd, ref first, header.Length, 0) == header.Length
            && ManifestIndex.TrySetTimes(header, renewal.Sum, renewal.Times))
        {
            _ = libc.pwrite(fd, in first, header.Length, 0);
        }

        _ = libc.close(fd);
    }

    private static int Open(string manifest, int access) => libc.openat(
        fcntl.AT_FDCWD,
        in PosixPath.Bytes(Of(manifest))[0],
        access | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK | fcntl.O_CLOEXEC,
        0);
}

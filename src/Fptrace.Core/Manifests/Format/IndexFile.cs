using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Machine;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>The index beside a large manifest. It only makes checks faster, and may be removed at any time.</summary>
/// <remarks>
/// A run writes the index when it saves the manifest. So does a check that finds none, or one of another text. The
/// index is used only if it belongs to the manifest's owner and nobody else can read it: in a directory such as /tmp,
/// anybody could put one there.
/// </remarks>
internal static class IndexFile
{
    /// <summary>
    /// The smallest manifest with an index, in bytes. Parsing a smaller one costs as much as a further file.
    /// </summary>
    public const int SmallestManifest = 16 << 10;

    private const uint Others = 0x3f; // 0077

    /// <summary>
    /// The ending of its name, which begins with a dot. No step observes files with
    /// <see cref="IgnoredPaths.VersionEnding"/>.
    /// </summary>
    private static string Ending => $"{IgnoredPaths.VersionEnding}{Schema.Number}-index";

    /// <param name="manifest">The path of the manifest.</param>
    public static string Of(string manifest)
    {
        int slash = manifest.LastIndexOf('/') + 1;
        return $"{manifest[..slash]}.{manifest[slash..]}{Ending}";
    }

    /// <summary>The name of the manifest that has an index of this name; null if no index has such a name.</summary>
    public static string? ManifestOf(string name) =>
        name.Length > Ending.Length && name[0] == '.' && name.EndsWith(Ending, StringComparison.Ordinal)
            ? name[1..^Ending.Length]
            : null;

    /// <param name="manifest">The path of the manifest.</param>
    /// <param name="look">A look at that file.</param>
    /// <returns>Null if there is none that may be used.</returns>
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

    /// <summary>Writes the index after its manifest was saved. If that is impossible, no index remains.</summary>
    /// <param name="path">The path of the manifest.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="text">The manifest's text.</param>
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

    /// <summary>
    /// Writes the index after a manifest was read and proved up to date, so that the next check need not parse it.
    /// </summary>
    public static void Renew(ManifestLoad load)
    {
        if (load is not { File: { } path, Manifest: { } manifest, Renewal: { } renewal })
        {
            return;
        }

        if (!renewal.HasIndex)
        {
            // A text that another program laid out and sealed differs from the writer's, so it gets no index.
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

    /// <summary>Removes the index of a manifest.</summary>
    public static void Remove(string manifest) =>
        _ = FilesAt.Unlink(fcntl.AT_FDCWD, PosixPath.Bytes(Of(manifest)));

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

    private static int Open(string manifest, int access) => FilesAt.Open(
        fcntl.AT_FDCWD, PosixPath.Bytes(Of(manifest)), access | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK);
}

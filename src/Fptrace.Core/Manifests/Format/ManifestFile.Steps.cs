using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>Finds out which step a manifest belongs to, without reading all of it.</summary>
public static partial class ManifestFile
{
    private const int FirstPiece = 1 << 14;

    /// <summary>Reads the step from the beginning of a manifest.</summary>
    /// <returns>Null if the file is no manifest of this version, or the beginning is damaged.</returns>
    public static KnownStep? TryReadStep(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, PosixPath.Bytes(PlaceOf(path)), FinalLink.Follow);
        if (fd < 0)
        {
            return null;
        }

        using var closing = new ClosedAtEnd(fd);
        FileLook look = FileLook.Of(fd);
        for (long piece = FirstPiece; look.Type == FileType.Regular && look.Size <= ManifestReader.LargestFile;
            piece *= 16)
        {
            byte[] text = new byte[Math.Min(piece, look.Size)];
            if (!TryFill(fd, text))
            {
                return null;
            }

            if (ManifestReader.TryReadStep(text) is { } step)
            {
                return new KnownStep(path, step, look.Times.ModifiedNs, look.Size);
            }

            if (text.Length == look.Size)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Whether anything exists at a path.</summary>
    public static bool Exists(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return FileLook.At(fcntl.AT_FDCWD, PosixPath.Bytes(path), FinalLink.Follow).Exists;
    }
}

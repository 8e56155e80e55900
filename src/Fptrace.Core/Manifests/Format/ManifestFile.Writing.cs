using System.Globalization;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>Writes manifests.</summary>
public static partial class ManifestFile
{
    private static int s_temporaries;

    /// <summary>Replaces the manifest at a path. If its directory is missing, this makes it.</summary>
    /// <exception cref="IOException">It cannot be written; its HResult is the errno value.</exception>
    public static void Save(string path, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(path);
        path = PlaceOf(path);
        StateDirectory.MakeFor(path);
        ReadOnlyMemory<byte> text = ManifestWriter.Write(manifest);
        Replace(path, text.Span);
        IndexFile.Save(path, manifest, text.Span);
    }

    /// <summary>Replaces a file by one that only its user may read.</summary>
    /// <exception cref="IOException">It cannot be written; its HResult is the errno value.</exception>
    internal static void Replace(string path, ReadOnlySpan<byte> text)
    {
        int slash = path.LastIndexOf('/');
        string temporary = string.Create(
            CultureInfo.InvariantCulture,
            $"{path[..(slash + 1)]}.{path[(slash + 1)..]}.{Environment.ProcessId}-"
                + $"{Interlocked.Increment(ref s_temporaries)}{IgnoredPaths.TemporaryEnding}");
        try
        {
            // A killed process with our ID may have left this name. WriteNew uses O_EXCL: the name may be a link that
            // somebody else made.
            _ = FilesAt.Unlink(fcntl.AT_FDCWD, PosixPath.Bytes(temporary));
            StateDirectory.WriteNew(temporary, text, StateDirectory.OwnerOnly);
            int result = FilesAt.Rename(
                fcntl.AT_FDCWD, PosixPath.Bytes(temporary), fcntl.AT_FDCWD, PosixPath.Bytes(path));
            if (result < 0)
            {
                throw PosixError.Of(-result);
            }
        }
        catch
        {
            _ = FilesAt.Unlink(fcntl.AT_FDCWD, PosixPath.Bytes(temporary));
            throw;
        }
    }
}

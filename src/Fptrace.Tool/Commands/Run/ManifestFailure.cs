using Fptrace.Linux.Headers;
using Fptrace.Manifests.Format;

namespace Fptrace.Commands.Run;

/// <summary>Explains why a manifest could not be written, and the remedy.</summary>
internal static class ManifestFailure
{
    /// <param name="path">The path of the manifest.</param>
    /// <param name="exception">What <see cref="ManifestFile.Save"/> threw.</param>
    public static string Explain(string path, IOException exception)
    {
        int slash = path.LastIndexOf('/');
        string directory = slash < 0 ? "." : path[..Math.Max(slash, 1)];
        bool isDenied = exception.HResult is errno.EACCES or errno.EPERM;
        return isDenied && ManifestFile.OtherOwnerOf(directory) is { } owner
            ? $"no manifest can be kept, for {directory} belongs to {(owner == 0 ? "root" : $"user {owner}")}; chown "
                + "-R it to yourself, or name another place with --manifest FILE"
            : $"no manifest can be kept at {path}: {exception.Message}; name another place with --manifest FILE";
    }
}

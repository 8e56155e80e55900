using Fptrace.Linux.FileSystem;

namespace Fptrace.Caching.Restoring;

/// <summary>A result cannot be put in place. The message becomes the reason for the miss.</summary>
internal sealed class RestoreException(string message) : Exception(message)
{
    public static RestoreException Of(string path, int errno) => new($"{path}: {FilesAt.Describe(errno)}");
}

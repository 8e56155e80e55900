using System.Globalization;

namespace Fptrace.Caching;

/// <summary>Lists an open directory.</summary>
internal static class DirectoryNames
{
    /// <summary>All names as they are now. One that is no valid UTF-8 comes out changed, and so names nothing.</summary>
    public static IReadOnlyList<string> Of(int directory)
    {
        // Through its descriptor: the directory cannot be another one meanwhile.
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory}");
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(path).Select(entry => entry[(path.Length + 1)..])];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

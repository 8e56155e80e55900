using Fptrace.Model;

namespace Fptrace.Caching.Restoring;

/// <summary>
/// Checks the paths that a result names: they must lead down from the root, without <c>.</c> or <c>..</c>.
/// </summary>
internal static class SafePath
{
    // PATH_MAX and NAME_MAX of Linux.
    private const int LongestPath = 4095;
    private const int LongestName = 255;

    /// <returns>Null if the path is allowed; otherwise its fault, in words that follow the path.</returns>
    public static string? Fault(ByteString path)
    {
        ReadOnlySpan<byte> rest = path.Span;
        if (rest.IsEmpty)
        {
            return "is empty";
        }

        if (rest[0] == '/')
        {
            return Manifests.Checking.Reasons.OutsideRoot;
        }

        if (rest.Length > LongestPath)
        {
            return $"is longer than {LongestPath} bytes";
        }

        if (rest.Contains((byte)0))
        {
            return "holds a NUL";
        }

        while (true)
        {
            int slash = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? rest : rest[..slash];
            if (name.IsEmpty || name.SequenceEqual("."u8))
            {
                return "holds an empty component";
            }

            if (name.SequenceEqual(".."u8))
            {
                return "holds '..'";
            }

            if (name.Length > LongestName)
            {
                return $"holds a name longer than {LongestName} bytes";
            }

            if (slash < 0)
            {
                return null;
            }

            rest = rest[(slash + 1)..];
        }
    }

    /// <summary>
    /// The directory of a path, without a slash at its end; empty for a name directly below the root.
    /// </summary>
    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        return slash < 0 ? [] : path[..slash];
    }

    /// <summary>The last component.</summary>
    public static ReadOnlySpan<byte> Last(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..];
}

namespace Fptrace.Model;

/// <summary>Whether a path lies in a directory, by the text alone. A directory has no slash at its end, so the root is
/// the empty path.</summary>
public static class PathNesting
{
    /// <summary>Whether <paramref name="path"/> lies in <paramref name="directory"/>, at any depth.</summary>
    public static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.Length > directory.Length && path[directory.Length] == (byte)'/' && path.StartsWith(directory);

    /// <summary>Whether <paramref name="path"/> is <paramref name="directory"/>, or lies in it.</summary>
    public static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == (byte)'/');
}

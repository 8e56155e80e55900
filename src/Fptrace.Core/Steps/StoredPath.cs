using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>
/// The form of paths in manifests: relative below the root, absolute elsewhere, without empty, "." and ".." components.
/// </summary>
public static class StoredPath
{
    /// <summary>PATH_MAX, which includes the NUL.</summary>
    public const int LongestPath = 4096;

    /// <summary>The stored form of an absolute path; the same bytes if it is not below the root.</summary>
    public static ByteString Shorten(ByteString path, ByteString root) =>
        root.Length <= 1 || !PathNesting.IsAtOrBelow(path.Span, root.Span) ? path
            : path.Length == root.Length ? new ByteString("."u8)
            : new ByteString(path.Span[(root.Length + 1)..]);

    /// <summary>The absolute path of a stored path.</summary>
    public static ByteString Expand(ByteString path, ByteString root)
    {
        if (path.Span is [(byte)'/', ..])
        {
            return path;
        }

        if (path.Span is [(byte)'.'])
        {
            return root;
        }

        byte[] whole = new byte[root.Length + 1 + path.Length];
        root.Span.CopyTo(whole);
        whole[root.Length] = (byte)'/';
        path.Span.CopyTo(whole.AsSpan(root.Length + 1));
        return new ByteString(whole);
    }

    /// <summary>Whether a stored path is the root or below it.</summary>
    public static bool IsBelowRoot(ByteString path) => path.Span is not [(byte)'/', ..];

    /// <summary>
    /// Whether text from a file is a well-formed stored path, so that it cannot lead outside by "..".
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> path)
    {
        if (path.Length is 0 or >= LongestPath)
        {
            return false;
        }

        if (path is [(byte)'.'] or [(byte)'/'])
        {
            return true;
        }

        ReadOnlySpan<byte> rest = path[0] == (byte)'/' ? path[1..] : path;
        while (true)
        {
            int slash = rest.IndexOf((byte)'/');
            if (!IsValidName(slash < 0 ? rest : rest[..slash]))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            rest = rest[(slash + 1)..];
        }
    }

    /// <summary>Whether this can be the name of a directory entry.</summary>
    public static bool IsValidName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and < LongestPath && name is not [(byte)'.'] and not [(byte)'.', (byte)'.']
            && name.IndexOfAny((byte)'/', (byte)0) < 0;
}

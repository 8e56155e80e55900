namespace Fptrace.Output;

/// <summary>Follows every symbolic link of a path, as the kernel does; the last parts need not exist.</summary>
/// <remarks>The runtime's own resolution takes <c>..</c> off by text, which leads astray behind a link to a directory.</remarks>
internal static class RealPath
{
    /// <summary>As many as the kernel follows (path_resolution(7)).</summary>
    private const int MostLinks = 40;

    private const int ELOOP = 40;

    /// <exception cref="IOException">Links lead round in a circle.</exception>
    public static string Of(string path)
    {
        var pending = new Stack<string>();
        Push(pending, Path.IsPathFullyQualified(path) ? path : Path.Join(Environment.CurrentDirectory, path));
        string real = "/";
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            string next = Path.Join(real, part);
            if (new FileInfo(next).LinkTarget is not string target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException("too many levels of symbolic links", ELOOP);
            }

            real = Path.IsPathFullyQualified(target) ? "/" : real;
            Push(pending, target);
        }

        return real;
    }

    private static void Push(Stack<string> pending, string path)
    {
        foreach (string part in path.Split('/').Reverse())
        {
            if (part is not ("" or "."))
            {
                pending.Push(part);
            }
        }
    }
}

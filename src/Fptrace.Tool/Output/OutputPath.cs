using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Paths of outputs as bytes, because a name need not be valid in any encoding.</summary>
internal static class OutputPath
{
    /// <summary>Appends the NUL that system calls need.</summary>
    public static byte[] Terminated(ReadOnlySpan<byte> path) => [.. path, 0];

    /// <exception cref="OutputError">The path is relative, and the working directory was removed.</exception>
    public static byte[] Absolute(ByteString path)
    {
        if (path.Span is [(byte)'/', ..])
        {
            return path.Span.ToArray();
        }

        OutputError.Check(OwnFiles.WorkingDirectory(out byte[] directory));
        return Join(directory, path.Span);
    }

    /// <summary>The directory that contains a path; / for / itself.</summary>
    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> path)
    {
        int slash = path.TrimEnd((byte)'/').LastIndexOf((byte)'/');
        return slash <= 0 ? "/"u8 : path[..slash];
    }

    public static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name) =>
        directory is [.., (byte)'/'] ? [.. directory, .. name] : [.. directory, (byte)'/', .. name];

    /// <summary>Creates a directory, and those above it that are missing.</summary>
    /// <exception cref="OutputError">A directory cannot be created.</exception>
    public static void MakeDirectories(ReadOnlySpan<byte> path)
    {
        int result = OwnFiles.MakeDirectory(Terminated(path));
        if (result == -errno.ENOENT && path.Length > 1)
        {
            MakeDirectories(Parent(path));
            result = OwnFiles.MakeDirectory(Terminated(path));
        }

        OutputError.Check(result == -errno.EEXIST ? 0 : result);
    }
}

using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>Makes the path of an interpreter absolute, as the file that it runs names it.</summary>
internal static class InterpreterPath
{
    /// <summary>Makes a path absolute that is relative to a working directory.</summary>
    /// <remarks>The directory's name contains no links, so a leading ".." takes its last component off.</remarks>
    public static ByteString From(ByteString directory, ByteString path)
    {
        if (IsAbsolute(path))
        {
            return path;
        }

        ReadOnlySpan<byte> from = directory.Span;
        ReadOnlySpan<byte> rest = path.Span;
        while (rest is [(byte)'.', (byte)'/', ..] or [(byte)'.', (byte)'.', (byte)'/', ..])
        {
            from = rest[1] == '/' ? from : from[..Math.Max(from.LastIndexOf((byte)'/'), 0)];
            rest = rest[(rest.IndexOf((byte)'/') + 1)..].TrimStart((byte)'/');
        }

        return new ByteString(from is [] or [(byte)'/'] ? [(byte)'/', .. rest] : [.. from, (byte)'/', .. rest]);
    }

    /// <summary>The same for a process whose root directory or mounts may differ from ours.</summary>
    public static ByteString In(int pid, HostNames hosts, ByteString directory, ByteString path)
    {
        if (!IsAbsolute(path))
        {
            return From(directory, path);
        }

        Span<byte> root = stackalloc byte[4097];
        int length = Files.ReadLink(ProcPath.Of(pid, "root"u8), root);
        int floor = length <= 1 ? 0 : length;
        byte[] name = [.. root[..floor], .. path.Span];
        return hosts.IsForeign(pid) && hosts.OfPath(pid, name, floor) is { IsEmpty: false } host
            ? host
            : new ByteString(name);
    }

    private static bool IsAbsolute(ByteString path) => path.Span is [(byte)'/', ..];
}

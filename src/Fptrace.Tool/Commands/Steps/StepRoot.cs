using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Commands.CommandLine;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Commands.Steps;

/// <summary>Finds the root of a step: the directory to which its paths are relative.</summary>
internal static class StepRoot
{
    /// <param name="given">The root that the user gave; null for the git top level, or else the working
    /// directory.</param>
    /// <param name="directory">The working directory, absolute.</param>
    /// <exception cref="FptraceException">The root that the user gave is no directory.</exception>
    public static ByteString Find(string? given, ByteString directory)
    {
        if (given is null)
        {
            return TopLevel(directory) ?? directory;
        }

        // The tracer will see the path as the kernel tells it, without symbolic links, so use that one.
        byte[] link = new byte[4096];
        int fd = Files.Open(fcntl.AT_FDCWD, [.. Encoding.UTF8.GetBytes(given), (byte)'/', 0], fcntl.O_PATH);
        int length = fd < 0 ? fd : Files.ReadLink(Encoding.ASCII.GetBytes($"/proc/self/fd/{fd}\0"), link);
        Files.Close(fd);
        return length > 0
            ? new ByteString(link.AsSpan(0, length))
            : throw Usage.Error($"--root {given} is no directory; name one that exists");
    }

    public static bool IsTopLevel(string directory) => Path.Exists(Path.Join(directory, ".git"));

    private static ByteString? TopLevel(ByteString directory)
    {
        ReadOnlySpan<byte> at = directory.Span;
        while (at.Length > 1)
        {
            if (FileRights.Access(fcntl.AT_FDCWD, [.. at, .. "/.git\0"u8], 0) == 0)
            {
                return new ByteString(at);
            }

            at = at[..at.LastIndexOf((byte)'/')];
        }

        return null;
    }
}

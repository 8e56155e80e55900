using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Proc;

/// <summary>What this process was started with, in bytes.</summary>
internal static class StartWords
{
    /// <summary>The last <paramref name="count"/> words of the command line.</summary>
    /// <remarks>
    /// The runtime's own strings have lost the bytes that are not UTF-8, and on an installed runtime other words come
    /// first.
    /// </remarks>
    /// <exception cref="FptraceException">There is no /proc, without which nothing else works either.</exception>
    public static byte[][] LastArguments(int count) => [.. Read("/proc/self/cmdline\0"u8).TakeLast(count)];

    /// <exception cref="FptraceException">As above.</exception>
    public static byte[][] Environment() => Read("/proc/self/environ\0"u8);

    private static byte[][] Read(ReadOnlySpan<byte> path) =>
        Files.ReadAll(path) is { } text ? OwnProcess.Words(text) : throw Unreadable(path);

    private static FptraceException Unreadable(ReadOnlySpan<byte> path)
    {
        int error = -Files.Open(fcntl.AT_FDCWD, path, 0);
        string reason = Marshal.GetPInvokeErrorMessage(error);
        return Shortage.Remedy(error) is null
            ? new FptraceException(
                ExitCodes.TracingDenied,
                $"/proc does not show this process{(error == errno.ENOENT ? "" : $" ({reason})")}: mount it (mount -t "
                    + "proc proc /proc), in a new PID namespace anew")
            : UnforeseenFailure.Of($"cannot read {Encoding.ASCII.GetString(path[..^1])}: {reason}", error);
    }
}

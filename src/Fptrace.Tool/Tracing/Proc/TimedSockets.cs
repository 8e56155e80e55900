using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Proc;

namespace Fptrace.Tracing.Proc;

/// <summary>Sockets whose calls end after a time (SO_RCVTIMEO, SO_SNDTIMEO).</summary>
internal static class TimedSockets
{
    /// <summary>Whether a process has one. False also where the kernel does not tell (Linux before 5.6).</summary>
    public static bool IsOpenIn(int pid)
    {
        var numbers = new List<int>();
        DirectoryNumbers.Read(ProcPath.Of(pid, "fd"u8), numbers);
        return numbers.Exists(fd =>
            Descriptions.SocketTimeout(pid, fd, ofSend: false, out _) is { } time
            && (time > TimeSpan.Zero || Descriptions.SocketTimeout(pid, fd, ofSend: true, out _) > TimeSpan.Zero));
    }
}

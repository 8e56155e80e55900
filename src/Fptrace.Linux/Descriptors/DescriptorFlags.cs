using Fptrace.Linux.Headers;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>The flags of our descriptors, and of the open file descriptions behind them (fcntl(2)).</summary>
internal static class DescriptorFlags
{
    /// <summary>The FD_ flags of a descriptor; −1 if it is closed.</summary>
    public static int OfNumber(int fd) => LibC.fcntl(fd, fcntl.F_GETFD, 0);

    /// <summary>The O_ flags of an open file description; −1 if the descriptor is closed.</summary>
    public static int OfFile(int fd) => LibC.fcntl(fd, fcntl.F_GETFL, 0);

    /// <summary>Keeps a descriptor open at execve(2).</summary>
    public static void KeepOnExec(int fd) => _ = LibC.fcntl(fd, fcntl.F_SETFD, 0);

    /// <summary>Closes a descriptor at the next execve(2).</summary>
    public static void CloseOnExec(int fd) => _ = LibC.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC);
}

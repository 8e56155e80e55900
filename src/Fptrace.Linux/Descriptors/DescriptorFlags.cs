using Fptrace.Linux.Headers;
using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Descriptors;

/// <summary>Flags of our descriptors, and of the open files behind them (fcntl(2)).</summary>
internal static class DescriptorFlags
{
    /// <summary>FD_ flags of the number; −1: it is closed.</summary>
    public static int OfNumber(int fd) => LibC.fcntl(fd, fcntl.F_GETFD, 0);

    /// <summary>O_ flags of the open file; −1: it is closed.</summary>
    public static int OfFile(int fd) => LibC.fcntl(fd, fcntl.F_GETFL, 0);

    /// <summary>No program that we become inherits it.</summary>
    public static void CloseOnExec(int fd) => _ = LibC.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC);
}

using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Processes;

/// <summary>The jobs of processes (credentials(7)). PID 0 is this process.</summary>
internal static class Jobs
{
    /// <returns>The process group; −1: the process is gone.</returns>
    public static int GroupOf(int pid) => LibC.getpgid(pid);

    /// <returns>The session; −1: the process is gone.</returns>
    public static int SessionOf(int pid) => LibC.getsid(pid);
}

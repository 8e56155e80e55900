using LibC = Tmds.Linux.LibC;

namespace Fptrace.Linux.Processes;

/// <summary>To which jobs processes belong (credentials(7)); 0 stands for ourselves.</summary>
internal static class Jobs
{
    /// <returns>The process group; −1: the process is gone.</returns>
    public static int GroupOf(int pid) => LibC.getpgid(pid);

    /// <returns>The session; −1: the process is gone.</returns>
    public static int SessionOf(int pid) => LibC.getsid(pid);
}

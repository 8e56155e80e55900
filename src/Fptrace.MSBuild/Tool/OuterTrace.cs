using System.Text;
using Fptrace.Posix;

namespace Fptrace.MSBuild.Tool;

/// <summary>A build that fptrace traces as a whole, as by <c>fptrace run dotnet build</c>. The kernel grants a process
/// one tracer.</summary>
internal static class OuterTrace
{
    private static readonly Lazy<bool> Found = new(Find);

    /// <summary>Whether fptrace traces this process. It does from the start of a process or never.</summary>
    public static bool Exists() => Found.Value;

    private static bool Find()
    {
        try
        {
            return OwnTracer.Tid is > 0 and int tracer && IsFptrace(tracer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc, or another user's tracer. Whether tracing goes shows when it is tried.
            return false;
        }
    }

    /// <summary>Native code has a name of its own; on an installed runtime the program is an argument.</summary>
    private static bool IsFptrace(int process) =>
        Path.GetFileName(new FileInfo($"/proc/{process}/exe").LinkTarget) == "fptrace"
        || Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline")).Split('\0')
            .Any(word => Path.GetFileName(word) == "fptrace.dll");
}

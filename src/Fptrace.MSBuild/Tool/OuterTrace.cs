using System.Text;
using Fptrace.Posix;

namespace Fptrace.MSBuild.Tool;

/// <summary>Detects that fptrace traces the whole build, as in <c>fptrace run dotnet build</c>.</summary>
/// <remarks>A thread can have only one tracer (ptrace(2)), so steps cannot be traced then.</remarks>
internal static class OuterTrace
{
    private static readonly Lazy<bool> Found = new(Find);

    /// <summary>Whether fptrace traces this process. It traces a process from its start or never.</summary>
    public static bool Exists() => Found.Value;

    private static bool Find()
    {
        try
        {
            return OwnTracer.Tid is > 0 and int tracer && IsFptrace(tracer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is no /proc, or the tracer belongs to another user. A trial run of the tool will show whether
            // tracing works.
            return false;
        }
    }

    /// <summary>
    /// Recognises the native executable by its name, and the portable tool by the argument of dotnet.
    /// </summary>
    private static bool IsFptrace(int process) =>
        Path.GetFileName(new FileInfo($"/proc/{process}/exe").LinkTarget) == "fptrace"
        || Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline")).Split('\0')
            .Any(word => Path.GetFileName(word) == "fptrace.dll");
}

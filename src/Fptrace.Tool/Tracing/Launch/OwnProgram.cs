using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Launch;

/// <summary>Starts the tool again, to play another part.</summary>
internal static class OwnProgram
{
    /// <param name="arguments">What follows the words that start the tool.</param>
    /// <param name="descriptor">A descriptor that is inherited, besides those without FD_CLOEXEC.</param>
    /// <returns>The process id, or −errno.</returns>
    public static int Spawn(byte[][] arguments, int descriptor) =>
        Programs.Spawn("/proc/self/exe"u8.ToArray(), [.. Words(), .. arguments], StartWords.Environment(), descriptor);

    /// <summary>A command that does next to nothing, and is there wherever the tool is.</summary>
    public static byte[][] Nothing()
    {
        byte[][] words = [.. Words(), Encoding.UTF8.GetBytes(TraceeStub.Argument)];
        words[0] = "/proc/self/exe"u8.ToArray();
        return words;
    }

    /// <summary>The words that start the tool: where a runtime is installed, dotnet and our assembly.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Not reached in a native executable.")]
    private static byte[][] Words()
    {
        string executable = Environment.ProcessPath ?? "fptrace";
        return RuntimeFeature.IsDynamicCodeSupported && Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? [Encoding.UTF8.GetBytes(executable), Encoding.UTF8.GetBytes(typeof(OwnProgram).Assembly.Location)]
            : [Encoding.UTF8.GetBytes(executable)];
    }
}

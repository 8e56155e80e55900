using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Launch;

/// <summary>The tool starts itself again in another part.</summary>
internal static class OwnProgram
{
    /// <param name="arguments">After the words that start us.</param>
    /// <param name="descriptor">Inherited besides those that have no close-on-exec flag.</param>
    /// <returns>The process, or −errno.</returns>
    public static int Spawn(byte[][] arguments, int descriptor) =>
        Programs.Spawn("/proc/self/exe"u8.ToArray(), [.. Words(), .. arguments], StartWords.Environment(), descriptor);

    /// <summary>On an installed runtime the executable is dotnet, and our assembly its first argument.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Not reached in a native executable.")]
    private static byte[][] Words()
    {
        string executable = Environment.ProcessPath ?? "fptrace";
        return RuntimeFeature.IsDynamicCodeSupported && Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? [Encoding.UTF8.GetBytes(executable), Encoding.UTF8.GetBytes(typeof(OwnProgram).Assembly.Location)]
            : [Encoding.UTF8.GetBytes(executable)];
    }
}

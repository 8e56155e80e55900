using System.Runtime.CompilerServices;
using Fptrace.Linux.Processes;

namespace Fptrace.Commands.Doctor;

/// <summary>What runs this tool's code.</summary>
internal static class ToolRuntime
{
    /// <summary><c>native static</c>, <c>native</c> or <c>portable</c>.</summary>
    public static string Kind => RuntimeFeature.IsDynamicCodeSupported ? "portable"
        : OwnProcess.IsStatic ? "native static"
        : "native";

    public static string Describe => Kind switch
    {
        "native static" => $"native static, with glibc {LinkedCode.LibcVersion()}: needs no library of the machine",
        "native" => "native: needs the machine's C library",
        _ => "portable: on .NET " + Environment.Version,
    };
}

using Fptrace.Linux.Headers;

namespace Fptrace.Engine;

/// <summary>The three ways to trace: whatever one records, all record.</summary>
internal static class Engines
{
    public static readonly string[] Names = ["notify", "ptrace", "syscall"];
}

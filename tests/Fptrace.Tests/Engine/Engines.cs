using Fptrace.Linux.Headers;

namespace Fptrace.Engine;

/// <summary>The ways to trace: whatever one records, all record.</summary>
internal static class Engines
{
    /// <summary>FPTRACE_ENGINES_UNDER_TEST names others, with commas between them.</summary>
    public static readonly string[] Names =
        Environment.GetEnvironmentVariable("FPTRACE_ENGINES_UNDER_TEST")?.Split(',')
            ?? [Best, "ptrace", "syscall"];

    /// <summary>The one that <c>auto</c> takes where nothing is denied.</summary>
    public static string Best => PerMachine.IsX64 ? "fast" : "notify";
}

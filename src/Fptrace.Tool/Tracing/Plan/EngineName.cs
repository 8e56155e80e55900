using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Plan;

/// <summary>Engines as users spell them.</summary>
internal static class EngineName
{
    /// <summary>All words that the option takes.</summary>
    public static readonly string[] All = ["auto", "notify", "ptrace", "syscall"];

    public static string Of(EngineKind engine) => engine switch
    {
        EngineKind.Notify => "notify",
        EngineKind.Ptrace => "ptrace",
        _ => "syscall",
    };

    /// <returns>Null for <c>auto</c>.</returns>
    public static EngineKind? Parse(string name) => name switch
    {
        "notify" => EngineKind.Notify,
        "ptrace" => EngineKind.Ptrace,
        "syscall" => EngineKind.Syscall,
        _ => null,
    };
}

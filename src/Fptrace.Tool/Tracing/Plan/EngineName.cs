namespace Fptrace.Tracing.Plan;

/// <summary>Engines as users spell them.</summary>
internal static class EngineName
{
    /// <summary>All words that the option takes.</summary>
    public static readonly string[] All = ["auto", "notify", "fast", "ptrace", "syscall"];

    public static string Of(EngineKind engine) => engine switch
    {
        EngineKind.Notify => "notify",
        EngineKind.Fast => "fast",
        EngineKind.Ptrace => "ptrace",
        _ => "syscall",
    };

    /// <returns>Null for <c>auto</c>.</returns>
    public static EngineKind? Parse(string name) => name switch
    {
        "notify" => EngineKind.Notify,
        "fast" => EngineKind.Fast,
        "ptrace" => EngineKind.Ptrace,
        "syscall" => EngineKind.Syscall,
        _ => null,
    };

    /// <summary>Whether calls that change nothing become seccomp notifications.</summary>
    public static bool Notifies(this EngineKind engine) => engine is EngineKind.Notify or EngineKind.Fast;
}

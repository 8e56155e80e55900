namespace Fptrace.Tracing.Plan;

/// <summary>How calls reach us.</summary>
internal enum EngineKind
{
    /// <summary>Observed calls by seccomp notification, the others by ptrace.</summary>
    Notify,

    /// <summary>All trapped calls by ptrace stops that a seccomp filter asks for.</summary>
    Ptrace,

    /// <summary>Every call of the command stops, twice; no seccomp.</summary>
    Syscall,
}

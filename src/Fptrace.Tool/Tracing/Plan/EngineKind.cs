namespace Fptrace.Tracing.Plan;

/// <summary>How the tracer gets the calls of the command.</summary>
internal enum EngineKind
{
    /// <summary>Calls that change nothing by seccomp notifications, the others by ptrace stops.</summary>
    Notify,

    /// <summary>As <see cref="Notify"/>, but a process that asks often makes known calls without asking.</summary>
    Fast,

    /// <summary>All trapped calls by ptrace stops, for which a seccomp filter asks.</summary>
    Ptrace,

    /// <summary>By ptrace, every call at its entry and its exit, without seccomp.</summary>
    Syscall,
}

using Fptrace.Keeping;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Fast;

namespace Fptrace.Tracing.Plan;

/// <summary>
/// What is followed: what the sinks need, as far as it is allowed, and what the user asks for. The filter traps nothing
/// else.
/// </summary>
internal sealed record TracePlan
{
    /// <summary>Opens, renames, links and other changes. Without it only processes are followed.</summary>
    public bool Files { get; init; }

    /// <summary>mkdir, unlink and rmdir. deps.json does not list them.</summary>
    public bool Removals { get; init; }

    /// <summary>stat, access, readlink, absent paths and listings.</summary>
    public bool Probes { get; init; }

    /// <summary>Whether each access counts with the execution that made it.</summary>
    public bool ByExecution { get; init; }

    /// <summary>Reads and writes of descriptors 0 to 2.</summary>
    public bool Stdio { get; init; }

    /// <summary>Watches writes to files that the command has as its stdout or stderr; null where it has none.</summary>
    public PrintWatch? Prints { get; init; }

    /// <summary>Watches a terminal that the command has as a standard stream; null where it has none.</summary>
    public TerminalWatch? Terminal { get; init; }

    /// <summary>Which descriptors a program has after its execve.</summary>
    public bool Descriptors { get; init; }

    /// <summary>The executable and its interpreters.</summary>
    public bool Executables { get; init; }

    /// <summary>Connections and addresses: the verdict says whether the command used a network.</summary>
    public bool Network { get; init; }

    public bool Environment { get; init; }

    /// <summary>Keeps what the command removes or replaces (<c>-u</c>); null: nothing is kept.</summary>
    public Keeper? Undelete { get; init; }

    public bool AllowIoUring { get; init; }

    /// <summary>Lets processes make known calls without asking; null: every call asks.</summary>
    public FastPath? Fast { get; init; }

    /// <summary>The engines to try on this machine, the best first.</summary>
    public EngineKind[] Engines =>
    [
        PerMachine.IsX64 && (Probes || Stdio) ? EngineKind.Fast : EngineKind.Notify,
        EngineKind.Ptrace,
        EngineKind.Syscall,
    ];

    public TracePlan Under(EngineKind engine) =>
        engine == EngineKind.Fast ? this with { Fast = NewFast() } : this;

    /// <summary>What the sinks need, and nothing else.</summary>
    public static TracePlan Of(TraceNeeds needs) => new()
    {
        Files = needs.Files,
        Removals = needs.Removals,
        Probes = needs.Probes,
        ByExecution = needs.ByExecution,
        Stdio = needs.Stdio,
        Descriptors = needs.Descriptors,
        Executables = needs.Executables,
        Network = needs.Network,
    };

    private FastPath? NewFast() => FastPath.TryMake(Probes, isKnownToAll: Probes && !ByExecution && !Stdio);
}

using Fptrace.Linux.FileSystem;

namespace Fptrace.Tracing.Plan;

/// <summary>What the outputs need. The filter traps nothing else.</summary>
internal sealed record TracePlan
{
    /// <summary>Opens, renames, links and other changes. Without it only processes are followed.</summary>
    public bool Files { get; init; }

    /// <summary>mkdir, unlink and rmdir, which no deps.json has.</summary>
    public bool Removals { get; init; }

    /// <summary>stat, access, readlink, absent paths and listings.</summary>
    public bool Probes { get; init; }

    /// <summary>Reads and writes of descriptors 0 to 2.</summary>
    public bool Stdio { get; init; }

    /// <summary>Writes to a stdout or stderr that the command has itself, whatever number they have; null where it has none.</summary>
    public PrintWatch? Prints { get; init; }

    /// <summary>What is done at a terminal that the command has itself; null where it has none.</summary>
    public TerminalWatch? Terminal { get; init; }

    /// <summary>Descriptors at execve.</summary>
    public bool Descriptors { get; init; }

    /// <summary>The executable and its interpreters.</summary>
    public bool Executables { get; init; }

    /// <summary>Connections and addresses, for the verdict.</summary>
    public bool Network { get; init; }

    public bool Environment { get; init; }

    /// <summary>Removals succeed and remove nothing.</summary>
    public bool Undelete { get; init; }

    public bool AllowIoUring { get; init; }
}

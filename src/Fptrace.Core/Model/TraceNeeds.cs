namespace Fptrace.Model;

/// <summary>What a sink needs to know. The tracer stops calls for nothing else, since every stop costs time.</summary>
public sealed record TraceNeeds
{
    /// <summary>Processes and programs only.</summary>
    public static TraceNeeds Processes { get; } = new();

    /// <summary>The number of each process. An execution that lives long has millions of them.</summary>
    public bool ProcessNumbers { get; init; }

    /// <summary>Opens, renames, links and other changes.</summary>
    public bool Files { get; init; }

    /// <summary>mkdir, unlink and rmdir, which deps.json does not record.</summary>
    public bool Removals { get; init; }

    /// <summary>stat, access, readlink, absent paths and listings.</summary>
    public bool Probes { get; init; }

    /// <summary>Each access with the execution that made it. Else it is enough to be told of one of several executions
    /// that opened or examined the same file.</summary>
    public bool ByExecution { get; init; }

    /// <summary>Reads and writes of descriptors 0 to 2.</summary>
    public bool Stdio { get; init; }

    /// <summary>The descriptors that are open at execve.</summary>
    public bool Descriptors { get; init; }

    /// <summary>The executable and its interpreters.</summary>
    public bool Executables { get; init; }

    /// <summary>Connections and addresses, which the verdict needs.</summary>
    public bool Network { get; init; }

    /// <summary>What at least one of the two needs.</summary>
    public TraceNeeds With(TraceNeeds other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new TraceNeeds
        {
            ProcessNumbers = ProcessNumbers || other.ProcessNumbers,
            Files = Files || other.Files,
            Removals = Removals || other.Removals,
            Probes = Probes || other.Probes,
            ByExecution = ByExecution || other.ByExecution,
            Stdio = Stdio || other.Stdio,
            Descriptors = Descriptors || other.Descriptors,
            Executables = Executables || other.Executables,
            Network = Network || other.Network,
        };
    }
}

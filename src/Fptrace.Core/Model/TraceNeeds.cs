namespace Fptrace.Model;

/// <summary>What a sink needs to be told: the tracer stops calls for nothing else, since every call that stops
/// costs.</summary>
public sealed record TraceNeeds
{
    /// <summary>Processes and programs alone.</summary>
    public static TraceNeeds Processes { get; } = new();

    /// <summary>Opens, renames, links and other changes.</summary>
    public bool Files { get; init; }

    /// <summary>mkdir, unlink and rmdir, which no deps.json has.</summary>
    public bool Removals { get; init; }

    /// <summary>stat, access, readlink, absent paths and listings.</summary>
    public bool Probes { get; init; }

    /// <summary>Reads and writes of descriptors 0 to 2.</summary>
    public bool Stdio { get; init; }

    /// <summary>Descriptors at execve.</summary>
    public bool Descriptors { get; init; }

    /// <summary>The executable and its interpreters.</summary>
    public bool Executables { get; init; }

    /// <summary>Connections and addresses, for the verdict.</summary>
    public bool Network { get; init; }

    /// <summary>All that either needs.</summary>
    public TraceNeeds With(TraceNeeds other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new TraceNeeds
        {
            Files = Files || other.Files,
            Removals = Removals || other.Removals,
            Probes = Probes || other.Probes,
            Stdio = Stdio || other.Stdio,
            Descriptors = Descriptors || other.Descriptors,
            Executables = Executables || other.Executables,
            Network = Network || other.Network,
        };
    }
}

namespace Fptrace.Model;

/// <summary>One successful execve and all processes and threads forked from it until they exec or exit.</summary>
/// <remarks>
/// Filled by the tracer while it lives; outputs see it when it started (identity only) and when it ended (all of it),
/// and never change it.
/// </remarks>
public sealed class Execution
{
    /// <summary>Counts from 1 in the order of the execve successes.</summary>
    public required int Id { get; init; }

    /// <summary>The execution whose process called execve; 0 for the first.</summary>
    public required int ParentId { get; init; }

    /// <summary>The process that called execve.</summary>
    public required int Pid { get; init; }

    /// <summary>Nanoseconds since the trace began.</summary>
    public required long StartNs { get; init; }

    /// <summary>When its last process or thread exited or called execve; nanoseconds since the trace began.</summary>
    public long EndNs { get; set; }

    /// <summary>Working directory at execve.</summary>
    public required ByteString Directory { get; init; }

    /// <summary>Absolute path given to execve.</summary>
    public required ByteString Path { get; init; }

    /// <summary>The ELF file that runs: differs from <see cref="Path"/> for a script or a symbolic link.</summary>
    public ByteString Executable { get; init; }

    /// <summary>The shebang interpreters in the order the kernel followed them, then the ELF interpreter.</summary>
    public IReadOnlyList<ByteString> Interpreters { get; init; } = [];

    /// <summary>argv as given to execve; may be empty.</summary>
    public required IReadOnlyList<ByteString> Arguments { get; init; }

    /// <summary>envp as given to execve, in its order; null when it was not asked for.</summary>
    public IReadOnlyList<ByteString>? Environment { get; init; }

    /// <summary>Descriptors open after execve, ascending, with the path or the fictional name of each.</summary>
    public IReadOnlyList<KeyValuePair<int, ByteString>> Descriptors { get; init; } = [];

    /// <summary>Where <see cref="Path"/>, <see cref="Executable"/> and the interpreters led; none where no sink has a
    /// witness.</summary>
    public IReadOnlyList<AccessFacts> Programs { get; init; } = [];

    /// <summary>Every process that belonged to it, in the order they joined.</summary>
    public List<int> Processes { get; } = [];

    /// <summary>First accesses, in order, without what stood there before; none where no sink wants them
    /// (<see cref="ITraceSink.WantsAccesses"/>).</summary>
    public AccessList Accesses { get; } = new();

    /// <summary>Exit code of the first process, 0 to 255; −N when signal N killed it; null when it went on to execve or
    /// was not seen to end.</summary>
    public int? ExitCode { get; set; }

    /// <summary>The next execution of the first process, if it called execve again; 0 otherwise.</summary>
    public int NextId { get; set; }

    /// <summary>Summed over its processes that exited; microseconds.</summary>
    public long UserTimeUs { get; set; }

    /// <summary>Summed over its processes that exited; microseconds.</summary>
    public long SystemTimeUs { get; set; }

    /// <summary>The largest of its processes; KiB.</summary>
    public long MaxResidentKiB { get; set; }
}

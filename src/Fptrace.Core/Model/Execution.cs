namespace Fptrace.Model;

/// <summary>One successful execve and all processes and threads forked from it until they exec or exit.</summary>
/// <remarks>
/// The tracer fills it while the execution lives. Sinks see it at its start, when only its identity is known, and at
/// its end, when it is whole. They never change it.
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

    /// <summary>
    /// The shebang interpreters in the order in which the kernel followed them, then the ELF interpreter.
    /// </summary>
    public IReadOnlyList<ByteString> Interpreters { get; init; } = [];

    /// <summary>argv as given to execve; may be empty.</summary>
    public required IReadOnlyList<ByteString> Arguments { get; init; }

    /// <summary>envp as given to execve, in its order; null when no sink asked for it.</summary>
    public IReadOnlyList<ByteString>? Environment { get; init; }

    /// <summary>Descriptors open after execve, ascending, each with its path or its fictional name.</summary>
    public IReadOnlyList<KeyValuePair<int, ByteString>> Descriptors { get; init; } = [];

    /// <summary>
    /// Where <see cref="Path"/>, <see cref="Executable"/> and the interpreters led; empty where no sink has a witness.
    /// </summary>
    public IReadOnlyList<AccessFacts> Programs { get; init; } = [];

    /// <summary>
    /// Every process that belonged to it, in the order in which they joined; empty where no sink asked for them.
    /// </summary>
    public PieceList<int> Processes { get; } = new();

    /// <summary>
    /// First accesses, in order, without the state before; empty where no sink wants them
    /// (<see cref="ITraceSink.WantsAccesses"/>).
    /// </summary>
    public AccessList Accesses { get; } = new();

    /// <summary>Exit code of the first process, 0 to 255, or −N if signal N killed it.</summary>
    /// <remarks>Null if that process called execve again, or the tracer did not see its end.</remarks>
    public int? ExitCode { get; set; }

    /// <summary>The next execution of the first process, if it called execve again; 0 otherwise.</summary>
    public int NextId { get; set; }

    /// <summary>User time of the processes that exited, in microseconds.</summary>
    public long UserTimeUs { get; set; }

    /// <summary>System time of the processes that exited, in microseconds.</summary>
    public long SystemTimeUs { get; set; }

    /// <summary>The largest resident set size among its processes, in KiB.</summary>
    public long MaxResidentKiB { get; set; }

    /// <summary>Whether one of its processes made known calls without asking the tracer (engine <c>fast</c>).</summary>
    public bool IsArmed { get; set; }
}

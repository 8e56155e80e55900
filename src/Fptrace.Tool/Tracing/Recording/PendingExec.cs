using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>What execve was asked for, read at its entry: afterwards the memory is gone.</summary>
/// <param name="Directory">Working directory.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Arguments">argv.</param>
/// <param name="Environment">envp, if it is recorded.</param>
internal sealed record PendingExec(
    ByteString Directory, ByteString Path, IReadOnlyList<ByteString> Arguments, IReadOnlyList<ByteString>? Environment)
{
    /// <summary>The execution that comes of it.</summary>
    /// <param name="id">Its own.</param>
    /// <param name="parentId">Whose process called.</param>
    /// <param name="pid">Of the process.</param>
    /// <param name="now">When, in nanoseconds since the trace began.</param>
    /// <param name="program">What runs since.</param>
    /// <param name="seen">Where the paths of the program led.</param>
    public Execution ToExecution(int id, int parentId, int pid, long now, NewProgram program,
        IReadOnlyList<AccessFacts> seen) => new()
    {
        Id = id,
        ParentId = parentId,
        Pid = pid,
        StartNs = now,
        Directory = Directory,
        Path = Path,
        Arguments = Arguments,
        Environment = Environment,
        Executable = program.Executable,
        Interpreters = program.Interpreters,
        Descriptors = program.Descriptors,
        Programs = seen,
    };
}

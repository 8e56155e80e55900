using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>
/// What execve was asked for. It is read at the entry of the call, because a successful execve replaces the memory.
/// </summary>
/// <param name="Directory">The working directory.</param>
/// <param name="Path">The absolute path of the program.</param>
/// <param name="Arguments">argv.</param>
/// <param name="Environment">envp; null when it is not recorded.</param>
internal sealed record PendingExec(
    ByteString Directory, ByteString Path, IReadOnlyList<ByteString> Arguments, IReadOnlyList<ByteString>? Environment)
{
    /// <summary>Makes the execution that begins with it.</summary>
    /// <param name="id">The ID of the new execution.</param>
    /// <param name="parentId">The ID of the execution that called execve.</param>
    /// <param name="pid">The process.</param>
    /// <param name="now">The time, in nanoseconds since the trace began.</param>
    /// <param name="program">What the process is now.</param>
    /// <param name="seen">Where the paths of the program lead.</param>
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

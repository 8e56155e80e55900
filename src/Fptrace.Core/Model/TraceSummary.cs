namespace Fptrace.Model;

/// <summary>What is known when the last process has ended.</summary>
/// <param name="Engine"><c>notify</c>, <c>ptrace</c> or <c>syscall</c>.</param>
/// <param name="Started">Wall clock at the start.</param>
/// <param name="DurationNs">Nanoseconds from start to end.</param>
/// <param name="ExitStatus">As a shell reports it: 0 to 255, 128+N on death by signal N.</param>
/// <param name="Verdict">Whether the trace holds everything.</param>
public sealed record TraceSummary(
    string Engine,
    DateTimeOffset Started,
    long DurationNs,
    int ExitStatus,
    Verdict Verdict)
{
    /// <summary>The directory with what <c>-u</c> has kept; empty for none.</summary>
    public ByteString Undeleted { get; init; }

    /// <summary>Lines for the user about what does not make the trace incomplete.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

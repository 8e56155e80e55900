using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Tracees;

/// <summary>A call that waits, was interrupted by a signal that does nothing, and goes on until the time at which it would have ended.</summary>
/// <param name="tracee">Who waits.</param>
/// <param name="call">The call.</param>
/// <param name="deadline">In ticks of <see cref="System.Diagnostics.Stopwatch"/>; <see cref="long.MaxValue"/> for none.</param>
/// <param name="answer">What it returns then, or −errno.</param>
internal sealed class ResumedWait(Tracee tracee, in seccomp_data call, long deadline, long answer)
{
    private readonly int _number = call.nr;
    private readonly uint _architecture = call.arch;

    public Tracee Tracee => tracee;

    public long Deadline => deadline;

    public long Answer => answer;

    /// <summary>The time has come.</summary>
    public bool IsOver { get; set; }

    /// <summary>It was interrupted in vain and is about to be made again.</summary>
    public bool IsExpected { get; set; }

    public bool Is(in ptrace_syscall_info entry) => (int)entry.nr == _number && entry.arch == _architecture;
}

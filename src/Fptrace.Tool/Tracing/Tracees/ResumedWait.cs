using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Tracees;

/// <summary>A wait that a signal without effect has interrupted, and that goes on for the rest of its time.</summary>
/// <param name="tracee">The thread that waits.</param>
/// <param name="call">The call by which it waits.</param>
/// <param name="deadline">In ticks of <see cref="System.Diagnostics.Stopwatch"/>; <see cref="long.MaxValue"/> for
/// none.</param>
/// <param name="answer">What the call returns at the deadline, or −errno.</param>
internal sealed class ResumedWait(Tracee tracee, in seccomp_data call, long deadline, long answer)
{
    private readonly int _number = call.nr;
    private readonly uint _architecture = call.arch;

    public Tracee Tracee => tracee;

    public long Deadline => deadline;

    public long Answer => answer;

    /// <summary>Whether the deadline has passed.</summary>
    public bool IsOver { get; set; }

    /// <summary>Whether the thread is about to make the call again, after such a signal.</summary>
    public bool IsExpected { get; set; }

    public bool Is(in ptrace_syscall_info entry) => (int)entry.nr == _number && entry.arch == _architecture;
}

using Fptrace.Linux.Headers;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>A descriptor that a thread has just opened, while each of its next calls is looked at.</summary>
internal interface IFollowedDescriptor
{
    /// <summary>The thread enters its next call.</summary>
    /// <param name="recorder">Learns what that call shows.</param>
    /// <param name="tgid">Whose call.</param>
    /// <param name="entry">The call.</param>
    /// <returns>Whether the one after that is looked at, too.</returns>
    bool Follow(Recorder recorder, int tgid, in ptrace_syscall_info entry);
}

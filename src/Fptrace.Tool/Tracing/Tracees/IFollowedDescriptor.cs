using Fptrace.Linux.Headers;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>A descriptor that a thread has just opened, and because of which its next calls all stop.</summary>
internal interface IFollowedDescriptor
{
    /// <summary>Called when the thread enters its next call.</summary>
    /// <param name="recorder">The recorder, to note what that call means.</param>
    /// <param name="tgid">The process.</param>
    /// <param name="entry">The call.</param>
    /// <returns>Whether the call after that must stop, too.</returns>
    bool Follow(Recorder recorder, int tgid, in ptrace_syscall_info entry);
}

using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Tracees;

/// <summary>
/// The command's own filters of a thread that answer SECCOMP_RET_TRACE to some calls, the newest first.
/// </summary>
/// <param name="newest">The filter that was installed last.</param>
/// <param name="older">The earlier ones.</param>
internal sealed class FilterChain(FilterProgram newest, FilterChain? older)
{
    /// <summary>Whether one of the filters answers SECCOMP_RET_TRACE, which our notification outranks.</summary>
    /// <remarks>
    /// Answers that outrank it, such as SECCOMP_RET_ERRNO, outrank a notification, too (seccomp(2)). The kernel
    /// notifies nobody of such a call, so the order among them does not matter here.
    /// </remarks>
    public bool Trace(in seccomp_data call)
    {
        for (FilterChain? chain = this; chain is not null; chain = chain.Older)
        {
            if (FilterProgram.IsTrace(chain.Newest.Run(call)))
            {
                return true;
            }
        }

        return false;
    }

    private FilterProgram Newest { get; } = newest;

    private FilterChain? Older { get; } = older;
}

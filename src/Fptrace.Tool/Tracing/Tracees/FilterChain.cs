using Fptrace.Linux.Headers;

namespace Fptrace.Tracing.Tracees;

/// <summary>The filters of a thread's own that answer SECCOMP_RET_TRACE to some calls, the newest first.</summary>
/// <param name="newest">One of them.</param>
/// <param name="older">The others.</param>
internal sealed class FilterChain(FilterProgram newest, FilterChain? older)
{
    /// <summary>Whether the kernel would stop the call for a tracer, did not a notification come first.</summary>
    /// <remarks>What outranks that, such as SECCOMP_RET_ERRNO, outranks a notification too: of such a call nobody is notified (seccomp(2)).</remarks>
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

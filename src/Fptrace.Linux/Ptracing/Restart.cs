using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>What happens to a call that a signal interrupted.</summary>
/// <remarks>
/// The values are those that calls return inside the kernel (its linux/errno.h). A program sees only EINTR.
/// </remarks>
internal enum Restart
{
    /// <summary>No call was interrupted.</summary>
    None = 0,

    /// <summary>The call fails with EINTR.</summary>
    Never = -errno.EINTR,

    /// <summary>ERESTARTSYS: the call is made again, unless a handler runs that was set without SA_RESTART.</summary>
    IfAsked = -512,

    /// <summary>ERESTARTNOINTR: the call is always made again.</summary>
    Always = -513,

    /// <summary>ERESTARTNOHAND: the call is made again if no handler runs.</summary>
    UnlessCaught = -514,

    /// <summary>One of these three, or the thread was about to make the call: Arm does not tell.</summary>
    Untold = 1,
}

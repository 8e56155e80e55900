using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>What becomes of a call that a signal interrupted: what it returns inside the kernel (its linux/errno.h). No
/// program sees them but the first.</summary>
internal enum Restart
{
    /// <summary>It ended otherwise, or there is none.</summary>
    None = 0,

    /// <summary>EINTR in any case.</summary>
    Never = -errno.EINTR,

    /// <summary>ERESTARTSYS: it is made again, but not behind a handler that was set without SA_RESTART.</summary>
    IfAsked = -512,

    /// <summary>ERESTARTNOINTR: it is made again in any case.</summary>
    Always = -513,

    /// <summary>ERESTARTNOHAND: it is made again where no handler runs.</summary>
    UnlessCaught = -514,
}

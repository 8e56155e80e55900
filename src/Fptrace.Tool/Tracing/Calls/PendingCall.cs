using Fptrace.Keeping;
using Fptrace.Model;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>A system call between its entry and its exit.</summary>
/// <remarks>Each class of calls derives its own, with what the exit needs.</remarks>
internal abstract class PendingCall : IPendingCall
{
    /// <summary>If set, the kernel skips the call, and we put this result in at its exit.</summary>
    public long? Answer { get; init; }

    /// <summary>What <c>-u</c> keeps of the call's file, unless the call fails.</summary>
    public KeptFile? Kept { get; init; }

    /// <inheritdoc/>
    public virtual bool ChangesRoot => false;

    /// <inheritdoc/>
    public virtual bool ChangesNames => false;

    /// <inheritdoc/>
    public virtual bool ChangesWays => ChangesNames;

    /// <inheritdoc/>
    public virtual ByteString Lost => default;

    /// <inheritdoc/>
    public virtual ByteString Special => default;

    /// <summary>Whether the exit looks up files, so that a file system may keep waiting who handles it.</summary>
    public virtual bool LooksUp => false;

    /// <summary>Handles the exit of the call.</summary>
    /// <param name="context">The context of the current thread.</param>
    /// <param name="tracee">The caller, which stands still at the exit.</param>
    /// <param name="result">What the call returned, or −errno.</param>
    public virtual void Finish(CallContext context, Tracee tracee, long result)
    {
        if (result >= 0)
        {
            Succeeded(context, tracee, result);
        }
        else
        {
            Failed(context, tracee, result);
        }
    }

    /// <summary>Handles a call whose thread ended inside of it. Such a thread makes no exit stop.</summary>
    /// <param name="context">The context of the current thread.</param>
    /// <param name="tracee">The thread that has ended.</param>
    /// <param name="cameTrue">What <see cref="HasComeTrue"/> says.</param>
    public virtual void CutShort(CallContext context, Tracee tracee, bool cameTrue)
    {
        if (cameTrue)
        {
            Finish(context, tracee, 0);
        }
    }

    /// <summary>Whether the call had done its work when its thread ended inside of it. When in doubt, it had.</summary>
    /// <returns>Null when it matters and cannot be found out.</returns>
    public virtual bool? HasComeTrue() => true;

    /// <summary>Called first when the call is over, or its thread, whatever came of it.</summary>
    public virtual void Release(CallContext context)
    {
    }

    protected virtual void Succeeded(CallContext context, Tracee tracee, long result)
    {
    }

    /// <param name="context">The context of the current thread.</param>
    /// <param name="tracee">The caller, which stands still at the exit.</param>
    /// <param name="error">−errno.</param>
    protected virtual void Failed(CallContext context, Tracee tracee, long error)
    {
    }
}

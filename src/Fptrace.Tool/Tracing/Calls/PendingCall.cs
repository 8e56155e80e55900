using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls;

/// <summary>A system call between its entry and its end. The class of the call derives its own, with what its end needs.</summary>
internal abstract class PendingCall : IPendingCall
{
    /// <summary>The call is not made: we answer it with this result at its exit.</summary>
    public long? Answer { get; init; }

    /// <inheritdoc/>
    public virtual bool ChangesRoot => false;

    /// <param name="context">Of this thread.</param>
    /// <param name="tracee">Stands still at the exit.</param>
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

    /// <summary>What the end of a call means whose thread ended inside of it, and so makes no exit.</summary>
    /// <param name="context">Of this thread.</param>
    /// <param name="tracee">Has ended.</param>
    /// <param name="cameTrue">What <see cref="HasComeTrue"/> says.</param>
    public virtual void CutShort(CallContext context, Tracee tracee, bool cameTrue)
    {
        if (cameTrue)
        {
            Finish(context, tracee, 0);
        }
    }

    /// <summary>Whether a call has done its work whose thread ended inside of it. Where nothing tells, it counts as done.</summary>
    /// <returns>Null when that cannot be found out.</returns>
    public virtual bool? HasComeTrue() => true;

    /// <summary>Called when nothing is pending any more, before all else: the call is over, or its thread.</summary>
    public virtual void Release(CallContext context)
    {
    }

    protected virtual void Succeeded(CallContext context, Tracee tracee, long result)
    {
    }

    /// <param name="context">Of this thread.</param>
    /// <param name="tracee">Stands still at the exit.</param>
    /// <param name="error">−errno.</param>
    protected virtual void Failed(CallContext context, Tracee tracee, long error)
    {
    }
}

using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Makes tracees of new threads. Only the ptrace thread uses it.</summary>
/// <remarks>
/// Two stops tell of a new thread, in either order: the event of the thread that made it, and its own first stop.
/// </remarks>
internal sealed class Births(Recorder recorder, TraceeTable tracees, ProcessorAffinity affinity,
    NewTracees newTracees, Ends ends)
{
    /// <summary>Called at the event by which a thread announces one that it has made.</summary>
    /// <param name="stop">The stop of the event.</param>
    /// <param name="parent">The thread that made the new one.</param>
    /// <param name="mayBeThread">Whether it used clone, so that the new thread may belong to the same process.</param>
    /// <returns>The first stop or the end of the new thread, if it came before and must be handled now.</returns>
    public ThreadChange? Announced(scoped in Stop stop, Tracee parent, bool mayBeThread)
    {
        if (stop.EventMessage() is not { } message)
        {
            return null;
        }

        int tid = (int)message;
        TraceeWorld given = parent.World.With(
            ((parent.Call.CloneFlags & sched.CLONE_NEWNS) != 0 ? Surroundings.ForeignRoot : 0)
            | ((parent.Call.CloneFlags & sched.CLONE_NEWUSER) != 0 ? Surroundings.OwnCredentials : 0));
        parent.Call.CloneFlags = 0;
        if (newTracees.TakeAdopted(tid, out ExecutionState? taken) && tracees.Find(tid) is { } adopted)
        {
            Claim(parent, adopted, taken, given);
            return null;
        }

        bool hasEnded = newTracees.TakeEnded(tid, out ThreadChange end) && !ProcessStatus.Of(tid).IsAlive;
        bool isThread = hasEnded ? mayBeThread : Children.IsThreadOf(parent.Tgid, tid);
        Tracee child = parent.Make(tid, isThread ? parent.Tgid : tid, given);
        NoteSharing(parent, child);
        Add(parent, child);

        // The first stop may be a stop of the job, and must be handled as one: a thread can be born into a stopped job.
        return hasEnded ? end : newTracees.TakeStopped(tid, out ThreadChange first) ? first : null;
    }

    /// <summary>Called for a stop or an end of a thread that nobody has announced.</summary>
    public void Unannounced(in ThreadChange change)
    {
        if (change.IsStop)
        {
            newTracees.Stopped(change, ends.MayHaveLostMaker(change.Tid));
        }
        else
        {
            newTracees.Ended(change);
        }
    }

    /// <summary>Makes a tracee of a thread whose maker was killed before it could announce it.</summary>
    /// <remarks>Without this, the thread would stand still for ever.</remarks>
    /// <param name="tid">One of <see cref="NewTracees.Orphans"/>.</param>
    /// <returns>The first stop of the thread, which must be handled now.</returns>
    public ThreadChange? Adopt(int tid)
    {
        ProcessStatus status = ProcessStatus.Of(tid);
        newTracees.TakeStopped(tid, out ThreadChange first);
        int tgid = status.Exists ? status.Tgid : tid;
        Tracee? kin = tracees.Find(tgid != tid ? tgid : status.ParentId);
        if ((kin ?? ends.LastKilled ?? tracees.All().FirstOrDefault()) is not { } maker)
        {
            // No tracee is left that could have made it. Whether it has vanished, the wait will tell.
            _ = new Stop(first).Resume(0);
            return null;
        }

        Tracee child = maker.Make(tid, tgid, maker.World);

        // Whether it shares its descriptor table is unknown, so assume that it does.
        child.Streams.IsShared = true;
        Add(maker, child);
        newTracees.Adopt(child);
        return first;
    }

    /// <summary>Called when the event of the maker comes after all, for a thread that was adopted.</summary>
    private void Claim(Tracee parent, Tracee adopted, ExecutionState? taken, TraceeWorld given)
    {
        // What the thread did meanwhile was recorded rightly if it was taken for what it is.
        if (taken != parent.Execution || !adopted.World.Covers(given))
        {
            newTracees.MayBeForeign(adopted.Tgid);
        }

        if (!adopted.IsThread)
        {
            adopted.Group.ClaimBy(parent.Tgid);
        }

        adopted.Enter(given);
        NoteSharing(parent, adopted);
    }

    private void NoteSharing(Tracee maker, Tracee child)
    {
        if (recorder.Plan.Stdio && (child.Tgid == maker.Tgid || Descriptions.ShareTable(maker.Tid, child.Tid)))
        {
            child.Streams.IsShared = maker.Streams.IsShared = true;
            recorder.Plan.Fast?.Changed();
        }
    }

    private void Add(Tracee maker, Tracee child)
    {
        affinity.Born(maker, child);
        if (tracees.Find(child.Tid) is { } ghost)
        {
            // The kernel has reused the number, so the old thread is gone, and its end was never announced.
            ends.Forget(ghost);
        }

        recorder.Join(child.Execution, child.Tid, !child.IsThread);
        tracees.Add(child);
    }
}

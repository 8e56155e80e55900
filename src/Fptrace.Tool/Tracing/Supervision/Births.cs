using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>From the event of a thread that makes another one, and the other's first stop, to a tracee. The ptrace
/// thread's alone.</summary>
internal sealed class Births(Recorder recorder, TraceeTable tracees, ProcessorAffinity affinity,
    NewTracees newTracees, Ends ends)
{
    /// <summary>A thread has made another one.</summary>
    /// <param name="stop">Of the event.</param>
    /// <param name="parent">The maker.</param>
    /// <param name="mayBeThread">It used clone: the new one may be a thread of its process.</param>
    /// <returns>What was heard of the new one before; it is to be handled now.</returns>
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

        // It may have been born into a stopped job: what stopped it is not forgotten.
        return hasEnded ? end : newTracees.TakeStopped(tid, out ThreadChange first) ? first : null;
    }

    /// <summary>Something is heard of a thread that nobody has announced.</summary>
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

    /// <summary>Takes in one whose maker was killed before it could announce it, and which would wait for
    /// ever.</summary>
    /// <param name="tid">Of <see cref="NewTracees.Orphans"/>.</param>
    /// <returns>Its first stop, which is to be handled now.</returns>
    public ThreadChange? Adopt(int tid)
    {
        ProcessStatus status = ProcessStatus.Of(tid);
        newTracees.TakeStopped(tid, out ThreadChange first);
        int tgid = status.Exists ? status.Tgid : tid;
        Tracee? kin = tracees.Find(tgid != tid ? tgid : status.ParentId);
        if ((kin ?? ends.LastKilled ?? tracees.All().FirstOrDefault()) is not { } maker)
        {
            // Nobody is left to whom it could belong. One that vanished is told by the wait.
            _ = new Stop(first).Resume(0);
            return null;
        }

        Tracee child = maker.Make(tid, tgid, maker.World);

        // With whom it shares its descriptors is unknown.
        child.Streams.IsShared = true;
        Add(maker, child);
        newTracees.Adopt(child);
        return first;
    }

    /// <summary>The maker of one that was adopted was only late.</summary>
    private void Claim(Tracee parent, Tracee adopted, ExecutionState? taken, TraceeWorld given)
    {
        // What it did meanwhile was seen rightly if it was taken for what it is.
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
        }
    }

    private void Add(Tracee maker, Tracee child)
    {
        affinity.Born(maker, child);
        if (tracees.Find(child.Tid) is { } ghost)
        {
            // Its number was given away, so it is gone, and we were not told.
            ends.Forget(ghost);
        }

        recorder.Join(child.Execution, child.Tid, !child.IsThread);
        tracees.Add(child);
    }
}

using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Ends of threads and processes, those that nobody tells among them. The ptrace thread's alone.</summary>
/// <remarks>
/// A tracee cannot leave its tracer alive. But the end of a thread is announced to nobody when execve gives it the
/// number of its process and it is killed before it can tell so: a ghost is left in the table, and its own number may
/// be another one's by now.
/// </remarks>
internal sealed class Ends(
    int root, Recorder recorder, TraceeTable tracees, SyscallHandler handler, NewTracees newTracees,
    Supervisor supervisor)
{
    /// <summary>Processes of which a thread was ended from elsewhere: such a thread does not announce the child that it
    /// has just made.</summary>
    private readonly HashSet<int> _lossy = [];

    /// <summary>Exit code of the command's first process, or −N on death by signal N.</summary>
    public int Outcome { get; private set; }

    /// <summary>By SIGKILL.</summary>
    public Tracee? LastKilled { get; private set; }

    /// <summary>Whether a tracee is left that still has us for its tracer.</summary>
    public bool IsAnybodyLeft => tracees.All().Any(IsOurs);

    public void Ended(Tracee tracee, in ThreadChange end)
    {
        newTracees.MakerMayHaveEnded();
        WaitStatus status = end.Status;
        Remove(tracee, status);
        if (!tracee.IsThread)
        {
            RemoveGhosts(tracee);
            recorder.Exit(
                tracee.Execution,
                tracee.Tid,
                status.Outcome,
                Math.Max(end.UserTimeUs - tracee.Group.ChildrenUserTimeUs, 0),
                Math.Max(end.SystemTimeUs - tracee.Group.ChildrenSystemTimeUs, 0),
                end.MaxRss);
            tracees.Find(tracee.Group.Creator)?.Group.AddTimes(end.UserTimeUs, end.SystemTimeUs);
        }

        recorder.Leave(tracee.Execution);
        if (tracee.Tid == root)
        {
            Outcome = status.Outcome;
            supervisor.CommandEnded();
        }
    }

    /// <summary>It ended, and we were not told.</summary>
    public void Forget(Tracee ghost)
    {
        tracees.Remove(ghost.Tid);
        handler.CutShort(ghost);
        recorder.Leave(ghost.Execution);
        newTracees.Unclaimed(ghost);
    }

    /// <summary>The first thread of a process, whose number another thread took over by execve: its end is announced to
    /// nobody.</summary>
    public void Replaced(Tracee leader)
    {
        handler.CutShort(leader);
        _lossy.Add(leader.Tgid);
    }

    /// <summary>Of those that are left when nobody is left to wait for, what they did is known to their end.</summary>
    public void ForgetGhosts()
    {
        foreach (Tracee ghost in tracees.All().ToArray())
        {
            if (!ghost.IsThread || IsOurs(ghost))
            {
                recorder.AddReason(IncompleteReason.LostProcess, ghost.Tgid, "its end was not seen");
                continue;
            }

            Forget(ghost);
        }
    }

    /// <summary>
    /// Whether the end of whoever made a new tracee may have come before its first stop: then nothing announces it, and
    /// no end to come wakes us for it.
    /// </summary>
    public bool MayHaveLostMaker(int newTracee)
    {
        if (_lossy.Count == 0)
        {
            return false;
        }

        ProcessStatus status = ProcessStatus.Of(newTracee);
        int maker = status.Tgid != newTracee ? status.Tgid : status.ParentId;
        return tracees.Find(maker) is null || _lossy.Contains(maker);
    }

    private static bool IsOurs(Tracee tracee) => ProcessStatus.Of(tracee.Tid).TracerId == Environment.ProcessId;

    private void Remove(Tracee tracee, WaitStatus status)
    {
        tracees.Remove(tracee.Tid);
        newTracees.Unclaimed(tracee);
        handler.CutShort(tracee);
        if (status.Signaled || tracee.Group.Count > 0)
        {
            _lossy.Add(tracee.Tgid);
        }

        if (!status.Signaled)
        {
            return;
        }

        if (status.TermSignal == signal.SIGKILL)
        {
            LastKilled = tracee;
        }
        else if (status.TermSignal == tracee.Job.SignalFromOutside)
        {
            recorder.AddReason(
                IncompleteReason.Interrupted, tracee.Tgid,
                $"signal {status.TermSignal} from outside ended the process");
        }
    }

    /// <summary>The first thread's end is told last, when no other is left.</summary>
    private void RemoveGhosts(Tracee leader)
    {
        if (leader.Group.Count == 0)
        {
            return;
        }

        foreach (Tracee ghost in tracees.OfProcess(leader.Tgid).Where(thread => thread.Group == leader.Group).ToArray())
        {
            Forget(ghost);
        }
    }
}

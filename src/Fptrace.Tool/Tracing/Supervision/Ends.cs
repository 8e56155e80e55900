using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Handles the ends of threads and processes, announced or not. Only the ptrace thread uses it.</summary>
/// <remarks>
/// A tracee cannot escape its tracer alive, but its end may go unannounced. When a thread other than the first calls
/// execve, the kernel gives it the number of its process. If it is killed before its exec event, nothing tells that its
/// old number is free. A ghost stays in the table, and the number may belong to a new thread by now.
/// </remarks>
internal sealed class Ends(
    int root, Recorder recorder, TraceeTable tracees, SyscallHandler handler, RemoteMounts remote, AwayCalls away,
    NewTracees newTracees, Supervisor supervisor)
{
    /// <summary>
    /// Processes that had a thread ended by another thread or process. Such a thread cannot announce a child that it
    /// has just made.
    /// </summary>
    private readonly HashSet<int> _lossy = [];

    /// <summary>Exit code of the command's first process, or −N on death by signal N.</summary>
    public int Outcome { get; private set; }

    /// <summary>The last tracee that SIGKILL ended.</summary>
    public Tracee? LastKilled { get; private set; }

    /// <summary>Whether a tracee in the table is still traced by this process.</summary>
    public bool IsAnybodyLeft => tracees.All().Any(IsOurs);

    public void Ended(Tracee tracee, in ThreadChange end)
    {
        newTracees.MakerMayHaveEnded();
        WaitStatus status = end.Status;
        Remove(tracee, end);
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

        Leave(tracee);
        if (tracee.Tid == root)
        {
            Outcome = status.Outcome;
            supervisor.CommandEnded();
        }
    }

    /// <summary>Called at the end of the command's first process, if it was released.</summary>
    public void RootEnded(ExecutionState execution, in ThreadChange end)
    {
        recorder.Exit(execution, root, end.Status.Outcome, end.UserTimeUs, end.SystemTimeUs, end.MaxRss);
        recorder.Leave(execution);
        Outcome = end.Status.Outcome;
        supervisor.CommandEnded();
    }

    /// <summary>Called for a thread that ended without an announcement.</summary>
    public void Forget(Tracee ghost)
    {
        tracees.Remove(ghost);
        CutShort(ghost, default);
        Leave(ghost);
        newTracees.Unclaimed(ghost);
    }

    /// <summary>
    /// Called for the first thread of a process when the execve of another thread ended it. wait4 never tells of this
    /// end, and nothing has handled yet what it was in.
    /// </summary>
    public void Replaced(Tracee leader) => _lossy.Add(leader.Tgid);

    /// <summary>Removes the tracees that are left in the table although wait4 has nobody to wait for.</summary>
    /// <remarks>
    /// The end of a thread may go unannounced. For a first thread, or one that is still traced, the verdict says so.
    /// </remarks>
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
    /// Whether the thread that made a new tracee may have ended before the first stop of the new one. Then no event
    /// will announce the new tracee, and no later end wakes the ptrace thread to look for it.
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

    /// <summary>Handles the call that the end cut short, if the thread was in one.</summary>
    /// <remarks>
    /// If that may look at a remote file system, an away thread does it. Then the parent may hear of the end before the
    /// call is recorded, so the order of their accesses is not sure.
    /// </remarks>
    private void CutShort(Tracee tracee, in ThreadChange end)
    {
        if (remote.IsUsed && tracee.Call.Pending is PendingCall { LooksUp: true })
        {
            away.Begin(new AwayCall(
                tracee,
                end,
                other => other.CutShort(tracee),
                (scoped in _) => recorder.Leave(tracee.Execution)));
            return;
        }

        handler.CutShort(tracee);
    }

    /// <summary>Lets a thread leave its execution, or an away thread's end of <see cref="CutShort"/> do so.</summary>
    private void Leave(Tracee tracee)
    {
        if (away.Find(tracee) is null)
        {
            recorder.Leave(tracee.Execution);
        }
    }

    private void Remove(Tracee tracee, in ThreadChange end)
    {
        WaitStatus status = end.Status;
        tracees.Remove(tracee);
        newTracees.Unclaimed(tracee);
        CutShort(tracee, end);
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

    /// <summary>Removes the other threads of a process: wait4 tells the end of the first thread last.</summary>
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

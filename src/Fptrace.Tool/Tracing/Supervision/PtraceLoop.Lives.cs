using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Births, execs and ends.</summary>
internal sealed partial class PtraceLoop
{
    private readonly Newborns _newborns = new();

    /// <summary>Those that were resumed without their maker's event, and the executions that they were taken to belong to.</summary>
    private readonly Dictionary<int, ExecutionState> _adopted = [];

    private Tracee? _lastKilled;

    /// <summary>A thread ended while newborns waited for whoever made them.</summary>
    private bool _makerMayBeGone;

    private void Forked(Tracee parent, bool mayBeThread)
    {
        if (new Ptracer(parent.Tid).TryGetEventMessage(out ulong message))
        {
            Born(parent, (int)message, mayBeThread);
        }

        Resume(parent);
    }

    private void Born(Tracee parent, int tid, bool mayBeThread)
    {
        TraceeWorld world = parent.World
            | ((parent.CloneFlags & sched.CLONE_NEWNS) != 0 ? TraceeWorld.ForeignRoot : 0)
            | ((parent.CloneFlags & sched.CLONE_NEWUSER) != 0 ? TraceeWorld.OwnCredentials : 0);
        parent.CloneFlags = 0;
        if (_adopted.Remove(tid, out ExecutionState? taken) && _tracees.Find(tid) is { } adopted)
        {
            // Its maker was only late. What it did meanwhile was seen rightly if it was taken for what it is.
            if (taken != parent.Execution || (world & ~adopted.World) != 0)
            {
                MayBeForeign(adopted.Tgid);
            }

            adopted.CreatorTgid = parent.Tgid;
            adopted.Enter(world);
            adopted.Filters ??= parent.Filters;
            NoteSharing(parent, adopted);
            return;
        }

        bool hasEnded = _newborns.TakeEnded(tid, out WaitStatus end, out rusage usage)
            && !ProcessStatus.Of(tid).IsAlive;
        bool isThread = hasEnded ? mayBeThread : Children.IsThreadOf(parent.Tgid, tid);
        var child = new Tracee(tid, isThread ? parent.Tgid : tid, parent.Execution, world)
        {
            Group = isThread ? parent.Group : new(),
            CreatorTgid = parent.Tgid,
            Filters = parent.Filters,
        };
        NoteSharing(parent, child);
        _placement.Born(parent, child);
        Add(child);
        if (hasEnded)
        {
            Ended(tid, end, usage);
        }
        else if (_newborns.TakeStopped(tid, out WaitStatus first))
        {
            // It may have been born into a stopped job: what stopped it is not forgotten.
            Stopped(tid, first);
        }
    }

    private void NoteSharing(Tracee maker, Tracee child)
    {
        if (_plan.Stdio && (child.Tgid == maker.Tgid || Descriptions.ShareTable(maker.Tid, child.Tid)))
        {
            child.Streams.IsShared = maker.Streams.IsShared = true;
        }
    }

    private void Add(Tracee tracee)
    {
        if (_tracees.Find(tracee.Tid) is { } ghost)
        {
            // Its number was given away, so it is gone, and we were not told.
            Forget(ghost);
        }

        _recorder.Join(tracee.Execution, tracee.Tid, tracee.Tid == tracee.Tgid);
        _tracees.Add(tracee);
    }

    /// <summary>It ended, and we were not told.</summary>
    private void Forget(Tracee ghost)
    {
        _tracees.Remove(ghost.Tid);
        _handler.CutShort(ghost);
        _recorder.Leave(ghost.Execution);
        Unclaimed(ghost);
    }

    /// <summary>Whoever made it has not said so.</summary>
    private void Unclaimed(Tracee tracee)
    {
        if (_adopted.Remove(tracee.Tid))
        {
            MayBeForeign(tracee.Tgid);
        }
    }

    private void MayBeForeign(int tgid) =>
        _recorder.AddReason(IncompleteReason.LostProcess, tgid, "whoever made it did not say so in time; it may belong to another execution");

    /// <summary>Lets go those whose maker was killed before it could announce them; they would wait for ever.</summary>
    private void AdoptOrphans()
    {
        if (_newborns.Orphans().Count > 0)
        {
            // We may be the ones who are late, and the news is there.
            ServeAll();
        }

        foreach (int tid in _newborns.Orphans())
        {
            ProcessStatus status = ProcessStatus.Of(tid);
            _newborns.TakeStopped(tid, out WaitStatus first);
            int tgid = status.Exists ? status.Tgid : tid;
            Tracee? kin = _tracees.Find(tgid != tid ? tgid : status.ParentId);
            if ((kin ?? _lastKilled ?? _tracees.All().FirstOrDefault()) is not { } maker)
            {
                new Ptracer(tid).Resume(0);
                continue;
            }

            var child = new Tracee(tid, tgid, maker.Execution, maker.World)
            {
                Group = maker.Tgid == tgid ? maker.Group : new(),
                CreatorTgid = maker.Tgid,
                Filters = maker.Filters,
            };

            // With whom it shares its descriptors is unknown.
            child.Streams.IsShared = true;
            _placement.Born(maker, child);
            Add(child);
            _adopted[tid] = maker.Execution;
            Stopped(tid, first);
        }
    }

    /// <summary>execve succeeded: whichever thread called it, the process goes on as its first thread.</summary>
    private void Executed(int tid)
    {
        Tracee? leader = _tracees.Find(tid);
        bool told = new Ptracer(tid).TryGetEventMessage(out ulong message);
        int caller = told ? (int)message : Vanished(tid);
        Tracee old = _tracees.Find(caller) ?? leader!;
        Faults.Take();
        if (old.Execution.IsStub)
        {
            HasStarted = true;
            _names.LearnStandard(tid);
        }

        PendingExec exec = old.PendingExec ?? ReadStarted(tid, told, old.HidesMemory);

        if (leader is not null && leader != old)
        {
            // Its id went over to the caller, so its end is announced to nobody.
            _handler.CutShort(leader);
            _lossy.Add(tid);
        }

        ExecutionState started = _recorder.Begin(old.Execution, tid, exec, _programs.Read(tid, exec.Path, exec.Directory, old.HasForeignRoot));
        var tracee = new Tracee(tid, tid, started, old.World | (!old.HasOwnCredentials && TraceeCredentials.MayComeFromProgram(tid) ? TraceeWorld.OwnCredentials : 0))
        {
            CreatorTgid = (leader ?? old).CreatorTgid,
            Filters = old.Filters,
            Processors = old.Processors,
            ChildrenUserTimeUs = leader?.ChildrenUserTimeUs ?? 0,
            ChildrenSystemTimeUs = leader?.ChildrenSystemTimeUs ?? 0,
        };
        _handler.NoteFaults(tracee);
        if (!old.HasNoNewPrivileges && _programRights.Lost(tid, exec.Path) is { } lost)
        {
            _recorder.AddReason(IncompleteReason.LostRights, tid, lost);
        }

        if (old.Tid != tid)
        {
            Unclaimed(old);
        }

        _tracees.Remove(caller);
        _tracees.Add(tracee);
        _recorder.Leave(old.Execution);
        if (leader is not null && leader != old)
        {
            _recorder.Leave(leader.Execution);
        }

        Resume(tracee);
    }

    /// <summary>What execve was asked for, where its call did not tell.</summary>
    private PendingExec ReadStarted(int tid, bool told, bool hidden)
    {
        var memory = new TraceeMemory();
        memory.Attach(tid, atStop: true);
        PendingExec exec = told && new Ptracer(tid).TryGetStack(out ulong top, out int size)
            ? InitialStack.Read(memory, tid, top, size, _plan.Environment)
            : new PendingExec(default, default, [], null);
        _recorder.AddReason(
            !told ? IncompleteReason.LostProcess : hidden ? IncompleteReason.Unreadable : IncompleteReason.Internal,
            tid,
            told ? "the call that started a program was not seen" : "it was killed at its exec; which of its threads called is unknown");
        return exec;
    }

    // A process that was killed at its exec event does not tell which thread called: it is the one whose number is gone.
    private int Vanished(int tgid) =>
        _tracees.OfProcess(tgid).FirstOrDefault(thread => thread.Tid != tgid && FileRights.Access(fcntl.AT_FDCWD, ProcPath.Of(thread.Tid, "stat"u8), 0) != 0)?.Tid ?? tgid;

    private void Ended(int tid, WaitStatus status, in rusage usage)
    {
        if (_tracees.Find(tid) is not { } tracee)
        {
            _newborns.Ended(tid, status, usage);
            return;
        }

        _makerMayBeGone |= _newborns.Wait;
        _tracees.Remove(tid);
        Unclaimed(tracee);
        _handler.CutShort(tracee);
        NoteLoss(tracee, status);
        if (status.Signaled)
        {
            Killed(tracee, status.TermSignal);
        }

        if (tracee.Tid == tracee.Tgid)
        {
            RemoveGhosts(tracee);
            long user = (usage.ru_utime_sec * 1_000_000) + usage.ru_utime_usec;
            long system = (usage.ru_stime_sec * 1_000_000) + usage.ru_stime_usec;
            _recorder.Exit(
                tracee.Execution,
                tid,
                status.Outcome,
                Math.Max(user - tracee.ChildrenUserTimeUs, 0),
                Math.Max(system - tracee.ChildrenSystemTimeUs, 0),
                usage.ru_maxrss);
            if (_tracees.Find(tracee.CreatorTgid) is { } creator)
            {
                creator.ChildrenUserTimeUs += user;
                creator.ChildrenSystemTimeUs += system;
            }
        }

        _recorder.Leave(tracee.Execution);
        if (tid == _root)
        {
            Outcome = status.Outcome;
            _supervisor.CommandEnded();
        }
    }

    /// <summary>The first thread's end is told last, when no other is left.</summary>
    /// <remarks>A thread that calls execve takes the first one's number; killed before its exec event, it leaves us its own.</remarks>
    private void RemoveGhosts(Tracee leader)
    {
        if (leader.Group.Count == 0)
        {
            return;
        }

        foreach (Tracee ghost in _tracees.OfProcess(leader.Tgid).Where(thread => thread.Group == leader.Group).ToArray())
        {
            Forget(ghost);
        }
    }

    private void Killed(Tracee tracee, int number)
    {
        if (number == signal.SIGKILL)
        {
            _lastKilled = tracee;
        }
        else if (number == tracee.SignalFromOutside)
        {
            _recorder.AddReason(IncompleteReason.Interrupted, tracee.Tgid, $"signal {number} from outside ended the process");
        }
    }
}

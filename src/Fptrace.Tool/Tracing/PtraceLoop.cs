using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>The one thread that owns every ptrace request: it follows processes from birth to death and handles the calls that stop them.</summary>
internal sealed class PtraceLoop
{
    private readonly Recorder _recorder;
    private readonly TraceeTable _tracees;
    private readonly DescriptorNames _names;
    private readonly ProgramReader _programs;
    private readonly SyscallHandler _handler;
    private readonly EngineKind _engine;
    private readonly TracePlan _plan;
    private readonly int _root;

    /// <summary>Threads whose first stop came before the event of the thread that made them.</summary>
    private readonly HashSet<int> _early = [];

    /// <param name="root">The stub, seized and about to become the command.</param>
    public PtraceLoop(int root, EngineKind engine, Recorder recorder, TraceeTable tracees, DescriptorNames names)
    {
        _root = root;
        _engine = engine;
        _recorder = recorder;
        _plan = recorder.Plan;
        _tracees = tracees;
        _names = names;
        _programs = new ProgramReader(_plan, names);
        _handler = new SyscallHandler(recorder, names);
    }

    /// <summary>Exit code of the command's first process, or −N on death by signal N.</summary>
    public int Outcome { get; private set; }

    /// <summary>The signals that reached the first process.</summary>
    public SignalLog RootSignals { get; } = new();

    /// <summary>The command itself runs; before that there is only the stub.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Returns when the last process has ended.</summary>
    public void Run()
    {
        int tid;
        while ((tid = Children.Wait(out WaitStatus status, out rusage usage)) != 0)
        {
            if (status.Stopped)
            {
                Stopped(tid, status);
            }
            else
            {
                Ended(tid, status, usage);
            }
        }
    }

    private void Stopped(int tid, WaitStatus status)
    {
        if (_tracees.Find(tid) is not { } tracee)
        {
            _early.Add(tid);
            return;
        }

        switch (status.Event)
        {
            case 0 when status.StopSignal == (signal.SIGTRAP | 0x80):
                SyscallStop(tracee);
                break;
            case 0:
                if (tracee.Tgid == _root)
                {
                    RootSignals.Add(status.StopSignal);
                }

                Resume(tracee, status.StopSignal);
                break;
            case ptrace.PTRACE_EVENT_FORK or ptrace.PTRACE_EVENT_VFORK or ptrace.PTRACE_EVENT_CLONE:
                Forked(tracee);
                break;
            case ptrace.PTRACE_EVENT_EXEC:
                Executed(tid);
                break;
            case ptrace.PTRACE_EVENT_SECCOMP:
                SyscallStop(tracee);
                break;
            case ptrace.PTRACE_EVENT_STOP when status.StopSignal is signal.SIGSTOP or signal.SIGTSTP or signal.SIGTTIN or signal.SIGTTOU:
                GroupStopped(tracee);
                break;
            default:
                Resume(tracee);
                break;
        }
    }

    /// <summary>A job that stops stays stopped until SIGCONT, and its shell must see that of us, its child.</summary>
    private void GroupStopped(Tracee tracee)
    {
        new Ptracer(tracee.Tid).Listen();
        if (tracee.Tid == _root)
        {
            Children.Kill(Environment.ProcessId, signal.SIGSTOP);
        }
    }

    private void Forked(Tracee parent)
    {
        if (new Ptracer(parent.Tid).TryGetEventMessage(out ulong message))
        {
            int tid = (int)message;
            bool isThread = Children.IsThreadOf(parent.Tgid, tid);
            var child = new Tracee(tid, isThread ? parent.Tgid : tid, parent.Execution)
            {
                CreatorTgid = parent.Tgid,
                HasForeignRoot = parent.HasForeignRoot || (parent.CloneFlags & sched.CLONE_NEWNS) != 0,
                HasOwnCredentials = parent.HasOwnCredentials || (parent.CloneFlags & sched.CLONE_NEWUSER) != 0,
            };
            parent.CloneFlags = 0;
            if (_plan.Stdio && (isThread || Descriptions.ShareTable(parent.Tid, tid)))
            {
                child.Streams.IsShared = parent.Streams.IsShared = true;
            }

            _recorder.Join(child.Execution, tid, !isThread);
            _tracees.Add(child);
            if (_early.Remove(tid))
            {
                Resume(child);
            }
        }

        Resume(parent);
    }

    /// <summary>execve succeeded: whichever thread called it, the process goes on as its first thread.</summary>
    private void Executed(int tid)
    {
        int caller = new Ptracer(tid).TryGetEventMessage(out ulong message) ? (int)message : tid;
        Tracee? leader = _tracees.Find(tid);
        Tracee old = _tracees.Find(caller) ?? leader!;
        if (old.Execution.IsStub)
        {
            HasStarted = true;
            _names.LearnStandard(tid);
        }

        PendingExec exec = old.PendingExec ?? new PendingExec(default, default, [], null);
        ExecutionState started = _recorder.Begin(old.Execution, tid, exec, _programs.Read(tid, exec.Path));
        var tracee = new Tracee(tid, tid, started)
        {
            CreatorTgid = (leader ?? old).CreatorTgid,
            HasForeignRoot = old.HasForeignRoot,
            HasOwnCredentials = old.HasOwnCredentials,
            ChildrenUserTimeUs = leader?.ChildrenUserTimeUs ?? 0,
            ChildrenSystemTimeUs = leader?.ChildrenSystemTimeUs ?? 0,
        };
        _tracees.Remove(caller);
        _tracees.Add(tracee);
        _recorder.Leave(old.Execution);
        if (leader is not null && leader != old)
        {
            // Its id went over to the caller, so its end is announced to nobody.
            _recorder.Leave(leader.Execution);
            _handler.Release(leader);
        }

        Resume(tracee);
    }

    private void SyscallStop(Tracee tracee)
    {
        var ptracer = new Ptracer(tracee.Tid);
        if (!ptracer.TryGetSyscallInfo(out ptrace_syscall_info info))
        {
            return;
        }

        if (info.op == ptrace.PTRACE_SYSCALL_INFO_EXIT)
        {
            Exit(tracee, ptracer, info.rval);
            return;
        }

        EntryAnswer answer = EntryAnswer.Go;
        if (info.op != ptrace.PTRACE_SYSCALL_INFO_NONE && SyscallEntry.TryCreate(info, out SyscallEntry call) && Channels.Traps(call, _plan))
        {
            answer = Channels.Of(call.Form.Operation, _plan) == Channel.Refuse ? Refuse(tracee) : _handler.Enter(tracee, call, seesExit: true);
        }

        switch (answer)
        {
            case EntryAnswer.Skip:
                ptracer.SkipSyscall();
                break;
            case EntryAnswer.StripUntraced:
                unsafe
                {
                    ptracer.SetFirstArgument(info.args[0] & ~(ulong)sched.CLONE_UNTRACED);
                }

                break;
            default:
                break;
        }

        if (answer is EntryAnswer.WantExit or EntryAnswer.Skip)
        {
            ptracer.ResumeToSyscall(0);
        }
        else
        {
            Resume(tracee);
        }
    }

    private static EntryAnswer Refuse(Tracee tracee)
    {
        tracee.Pending = new PendingCall { Operation = Operation.None, Answer = -errno.ENOSYS };
        return EntryAnswer.Skip;
    }

    private void Exit(Tracee tracee, Ptracer ptracer, long result)
    {
        if (_handler.Release(tracee) is { } call)
        {
            if (call.Answer is long answer)
            {
                ptracer.SetResult(answer);
                result = answer;
            }

            // A call that a signal interrupted is made again, and enters again.
            if (result is not (<= -512 and >= -516))
            {
                bool foreign = tracee.HasForeignRoot;
                _handler.Exit(tracee, call, result);
                if (foreign != tracee.HasForeignRoot)
                {
                    foreach (Tracee other in _tracees.OfProcess(tracee.Tgid))
                    {
                        other.HasForeignRoot = true;
                    }
                }
            }
        }

        Resume(tracee);
    }

    private void Ended(int tid, WaitStatus status, in rusage usage)
    {
        _early.Remove(tid);
        if (tid == _root)
        {
            Outcome = status.Outcome;
        }

        if (_tracees.Find(tid) is not { } tracee)
        {
            return;
        }

        _tracees.Remove(tid);
        _handler.Release(tracee);
        if (tracee.Tid == tracee.Tgid)
        {
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
    }

    private void Resume(Tracee tracee, int signal = 0)
    {
        var ptracer = new Ptracer(tracee.Tid);
        if (_engine == EngineKind.Syscall || tracee.Pending is not null)
        {
            ptracer.ResumeToSyscall(signal);
        }
        else
        {
            ptracer.Resume(signal);
        }
    }
}

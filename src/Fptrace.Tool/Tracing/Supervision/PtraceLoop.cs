using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>The one thread that owns every ptrace request: it follows processes from birth to death and handles the calls that stop them.</summary>
/// <remarks>
/// SIGKILL can strike between any two of our requests. A request on a tracee that was killed fails with ESRCH, it is not resumed, and
/// wait4 tells of its end. Partials stand by concern.
/// </remarks>
internal sealed partial class PtraceLoop
{
    private const uint FairTurn = 64;

    // Milliseconds without news after which children that are no tracees are left alone.
    private const int Patience = 200;

    private readonly Recorder _recorder;
    private readonly TraceeTable _tracees;
    private readonly DescriptorNames _names;
    private readonly Retrials _retrials;
    private readonly ProgramReader _programs;
    private readonly ProgramRights _programRights;
    private readonly SyscallHandler _handler;
    private readonly Placement _placement;
    private readonly ResumedWaits _waits;
    private readonly EngineKind _engine;
    private readonly TracePlan _plan;
    private readonly TrapTable _traps;
    private readonly int _root;
    private readonly Supervisor _supervisor;
    private readonly List<(int Tid, WaitStatus Status, rusage Usage)> _batch = [];

    /// <param name="root">The stub, seized and about to become the command.</param>
    public PtraceLoop(
        int root,
        EngineKind engine,
        TrapTable traps,
        Recorder recorder,
        TraceeTable tracees,
        DescriptorNames names,
        Retrials retrials,
        Placement placement,
        Supervisor supervisor)
    {
        _root = root;
        _engine = engine;
        _traps = traps;
        _supervisor = supervisor;
        _recorder = recorder;
        _plan = recorder.Plan;
        _tracees = tracees;
        _names = names;
        _retrials = retrials;
        _placement = placement;
        _waits = new ResumedWaits(tracees);
        _programs = new ProgramReader(_plan, names);
        _programRights = new ProgramRights(hasFilter: engine != EngineKind.Syscall);
        _handler = new SyscallHandler(recorder, names, placement, engine);
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
        int quiet = 0;
        Doorbell.Attach();
        for (uint turn = 1; ; turn++)
        {
            // A newborn waits for an event that may never come, and children that are no tracees are not waited for.
            // Whoever made a newborn announces it or ends, and either wakes us; only after an end nobody may come.
            _makerMayBeGone &= _newborns.Wait;
            bool block = _tracees.Count > 0 && !_makerMayBeGone;
            _retrials.BeginWait();
            _waits.Serve();
            _supervisor.Serve();
            _placement.Serve();
            int tid = Children.Wait(out WaitStatus status, out rusage usage, block, Serve);
            _retrials.EndWait();
            if (tid < 0)
            {
                if (!AwaitNews())
                {
                    break;
                }

                continue;
            }

            if (tid > 0)
            {
                quiet = _denials = 0;
                _placement.Woken();
                Changed(tid, status, usage);
                if (turn % FairTurn == 0)
                {
                    ServeAll();
                }
            }
            else if (++quiet < Patience || _newborns.Wait)
            {
                // Nothing would wake us: what we wait for here may never come.
                Thread.Sleep(1);
            }
            else
            {
                break;
            }

            if (_newborns.Wait)
            {
                AdoptOrphans();
            }
        }

        _placement.Leave();
        ForgetGhosts();
    }

    private void Serve()
    {
        _retrials.Serve();
        _waits.Serve();
        _supervisor.Serve();
        _placement.Serve();
    }

    /// <summary>Serves each thread that stands still once, whoever it is.</summary>
    /// <remarks>wait4 looks at the youngest first: a few that stop all the time would keep it from the others for ever.</remarks>
    private void ServeAll()
    {
        int tid;
        while ((tid = Children.Wait(out WaitStatus status, out rusage usage, block: false)) > 0)
        {
            // None is resumed meanwhile, so none comes twice but to end, or when a thread that called execve takes the number of a first
            // thread that stood still, and is no more.
            if (status.Stopped && status.Event == ptrace.PTRACE_EVENT_EXEC)
            {
                _batch.RemoveAll(earlier => earlier.Tid == tid && earlier.Status.Stopped);
            }

            _batch.Add((tid, status, usage));
        }

        foreach ((int changed, WaitStatus status, rusage usage) in _batch)
        {
            Changed(changed, status, usage);
        }

        _batch.Clear();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fault of ours must not take the command down: the tracee goes on and the trace says so.")]
    internal void Changed(int tid, WaitStatus status, in rusage usage)
    {
        try
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
        catch (Exception e) when (e is not (FptraceException or OutOfMemoryException))
        {
            _recorder.AddReason(IncompleteReason.Internal, tid, e.GetType().Name + ": " + e.Message);
            if (status.Stopped && _tracees.Find(tid) is { } tracee)
            {
                tracee.Pending = null;
                Resume(tracee);
            }
        }
    }

    private void Stopped(int tid, WaitStatus status)
    {
        if (_tracees.Find(tid) is not { } tracee)
        {
            _newborns.Stopped(tid, status);
            _makerMayBeGone |= HasLostMaker(tid);
            return;
        }

        tracee.IsJobStopped = false;
        switch (status.Event)
        {
            case 0 when status.StopSignal == (signal.SIGTRAP | 0x80):
                SyscallStop(tracee);
                break;
            case 0:
                Signalled(tracee, status.StopSignal);
                Resume(tracee, status.StopSignal);
                break;
            case ptrace.PTRACE_EVENT_FORK or ptrace.PTRACE_EVENT_VFORK or ptrace.PTRACE_EVENT_CLONE:
                Forked(tracee, mayBeThread: status.Event == ptrace.PTRACE_EVENT_CLONE);
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
                if (tracee.Tid == _root)
                {
                    RootSignals.Refresh(signal.SIGTSTP);
                    _supervisor.CommandContinued();
                }

                Resume(tracee);
                break;
        }

        _placement.Heard(tracee);
    }

    private void Resume(Tracee tracee, int signal = 0)
    {
        var ptracer = new Ptracer(tracee.Tid);
        if (_engine == EngineKind.Syscall || tracee.Pending is not null || tracee.Fresh is not null || tracee.Terminal is not null || tracee.Wait is not null
            || tracee.Retrial != Retrial.None)
        {
            ptracer.ResumeToSyscall(signal);
        }
        else
        {
            ptracer.Resume(signal);
        }
    }
}

using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Calls.Paths;
using Fptrace.Tracing.Calls.Processes;
using Fptrace.Tracing.Fast;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Handles the stops at the entry and exit of system calls. Only the ptrace thread uses it.</summary>
internal sealed class SyscallStops(
    EngineKind engine, TrapTable traps, Recorder recorder, TraceeTable tracees, SyscallHandler handler,
    RemoteMounts remote, AwayCalls away, ProgramRights rights, ReleasedProcesses released)
{
    /// <returns>Whether the tracee is still there and traced. If so it must be resumed, unless its call is away
    /// now.</returns>
    public RequestOutcome Stopped(scoped in Stop stop, Tracee tracee)
    {
        switch (stop.GetSyscall(out ptrace_syscall_info info, out int error))
        {
            case RequestOutcome.Vanished:
                return RequestOutcome.Vanished;
            case RequestOutcome.Denied:
                Untold(tracee, error);
                break;
            case RequestOutcome.Done when info.op == ptrace.PTRACE_SYSCALL_INFO_EXIT:
                Left(stop, tracee, info.rval);
                break;
            case RequestOutcome.Done when IsOfOtherFilter(info):
                // A filter of the command's answers SECCOMP_RET_TRACE. Without a tracer the call fails with ENOSYS
                // (seccomp(2)).
                handler.Release(tracee);
                PendingAnswer.Give(tracee, -errno.ENOSYS);
                stop.SkipSyscall();
                break;
            default:
                Entered(stop, tracee, info);
                break;
        }

        return tracees.Find(tracee.Tid) == tracee ? RequestOutcome.Done : RequestOutcome.Vanished;
    }

    private static bool IsOfOtherFilter(in ptrace_syscall_info info) =>
        info.op == ptrace.PTRACE_SYSCALL_INFO_SECCOMP
        && (info.ret_data & seccomp.SECCOMP_RET_DATA) != FilterBuilder.Mark;

    private void Untold(Tracee tracee, int error)
    {
        recorder.AddReason(
            IncompleteReason.Internal,
            tracee.Tgid,
            $"the kernel does not tell its system calls (errno {error}; PTRACE_GET_SYSCALL_INFO needs Linux 5.3)");
        handler.Release(tracee);
        if (tracee.Call.Retry == Retry.Expected)
        {
            // Perhaps this is the call that is made again. Its notification must not ask for another retry, for ever.
            tracee.Call.BeginRetry();
        }
    }

    private void Entered(scoped in Stop stop, Tracee tracee, in ptrace_syscall_info info)
    {
        bool isEntry = info.op == ptrace.PTRACE_SYSCALL_INFO_ENTRY;
        bool isTimed = tracee.Group.HasTimedSockets;
        bool isWatched = tracee.Call.IsWatched;
        if (isEntry)
        {
            ResumedWaits.Entered(tracee, info);
            if (engine == EngineKind.Syscall || isTimed)
            {
                tracee.Call.NoteEntry((int)info.nr, info.args[0]);
            }
        }

        if (isEntry && (isWatched || isTimed))
        {
            tracee.Call.GoOnFollowing(recorder, tracee.Tgid, info);
            if (engine != EngineKind.Syscall && tracee.Call.Retry == Retry.None)
            {
                // If the filter traps this call, the thread stops for it once more.
                return;
            }
        }

        tracee.Call.Enter();
        if (SyscallAbi.Find(info.arch) is null)
        {
            recorder.AddReason(IncompleteReason.UnknownCall, tracee.Tgid,
                "a 32-bit program of Arm ran; what it does is not seen");
        }

        if (info.op == ptrace.PTRACE_SYSCALL_INFO_NONE
            || !SyscallEntry.TryCreate(info, out SyscallEntry call)
            || traps.Decide(call) is not (not TrapAction.Let and var action))
        {
            return;
        }

        if (isEntry && engine.Notifies())
        {
            // The thread stops here only while a call is to be made again, and before the notification of that call.
            // Another call in between takes the usual way.
            if (action != TrapAction.Notify || !(call.Call.MayBeMadeAgain || tracee.HidesMemory))
            {
                return;
            }

            tracee.Call.BeginRetry();
        }

        Handle(stop, tracee, call);
    }

    private void Handle(scoped in Stop stop, Tracee tracee, in SyscallEntry call)
    {
        if (!handler.MayWait(stop, tracee, call))
        {
            EntryAnswer now = handler.Enter(stop, tracee, call);
            Answer(stop, tracee, call, now, LookForRights(tracee, call));
            return;
        }

        SyscallEntry kept = call;
        EntryAnswer answer = EntryAnswer.Go;
        GainingProgram? gaining = null;
        away.Begin(new AwayCall(
            tracee,
            stop.Told,
            other =>
            {
                answer = other.EnterAway(tracee, kept);
                gaining = LookForRights(tracee, kept);
            },
            (scoped in stop) =>
                Answer(stop, tracee, kept, answer == EntryAnswer.MakeAgain
                    ? handler.Enter(stop, tracee, kept)
                    : answer, gaining)));
    }

    private GainingProgram? LookForRights(Tracee tracee, in SyscallEntry call) =>
        engine == EngineKind.Syscall && call.Call is ExecCall ? GainingProgram.Of(tracee, rights) : null;

    private void Answer(
        scoped in Stop stop, Tracee tracee, in SyscallEntry call, EntryAnswer answer, GainingProgram? gaining)
    {
        if (recorder.Plan.Fast is { } fast && answer != EntryAnswer.GoNamesKept
            && (tracee.Call.Pending is { } pending ? EndsWhatIsKnown(fast, pending) : !call.Call.KeepsNames))
        {
            tracees.NameChanges.Begin(tracee);
            fast.NamesChanged(recorder.Renames.Version);
        }

        if (tracee.Call.Pending is { ChangesRoot: true })
        {
            MarkSharersOfRoot(tracee);
        }

        if (answer == EntryAnswer.Skip)
        {
            stop.SkipSyscall();
        }
        else if (answer == EntryAnswer.StripUntraced)
        {
            stop.SetFirstArgument(call.Raw(0) & ~(ulong)sched.CLONE_UNTRACED);
        }
        else if (gaining is not null)
        {
            released.TryRelease(stop, tracee, gaining);
        }
    }

    private void Left(scoped in Stop stop, Tracee tracee, long result)
    {
        if (tracee.Call.Wait is not null && ResumedWaits.Left(tracee, result) is long timedOut)
        {
            result = timedOut;
            stop.SetResult(timedOut);
        }

        tracee.Call.Leave(result);
        if (handler.Release(tracee) is not { } call)
        {
            return;
        }

        if (call.Answer is long answer)
        {
            stop.SetResult(answer);
            result = answer;
        }

        if (CallState.IsInterruption(result))
        {
            // The kernel makes the call again, and the thread will stop at its entry.
            call.Kept?.Drop();
        }
        else
        {
            Finish(stop, tracee, call, result);
        }
    }

    private void Finish(scoped in Stop stop, Tracee tracee, PendingCall call, long result)
    {
        bool foreign = tracee.HasForeignRoot;
        if (remote.IsUsed && call.LooksUp)
        {
            away.Begin(new AwayCall(
                tracee,
                stop.Told,
                other => other.ExitAway(tracee, call, result),
                (scoped in _) => Share(tracee, call, foreign)));
            return;
        }

        handler.Exit(stop, tracee, call, result);
        Share(tracee, call, foreign);
    }

    /// <summary>Gives others what a call has changed for them, too.</summary>
    private void Share(Tracee tracee, PendingCall call, bool foreign)
    {
        if (recorder.Plan.Fast is { } fast && EndsWhatIsKnown(fast, call))
        {
            // What the call has changed is recorded by now.
            fast.NamesChanged(recorder.Renames.Version);
        }

        if (call is PendingFilter { IsShared: true })
        {
            ShareFilters(tracee);
        }

        if (foreign != tracee.HasForeignRoot)
        {
            foreach (Tracee other in tracees.OfProcess(tracee.Tgid))
            {
                other.Enter(Surroundings.ForeignRoot);
            }
        }
    }

    /// <remarks>
    /// Where only what a path leads to counts, and not who asked, the name of a file may come and go: who expects it
    /// otherwise finds out (<see cref="FastCode"/>). But behind a directory, a link or a mount there are other files,
    /// and to read a FIFO where a file was is something else.
    /// </remarks>
    private static bool EndsWhatIsKnown(FastPath fast, IPendingCall call)
    {
        if (fast.Everybodys is not { } known)
        {
            return call.ChangesNames;
        }

        if (!call.Lost.IsEmpty)
        {
            known.Lose(call.Lost);
        }

        return call.ChangesWays || (!call.Special.IsEmpty && known.IsLost(call.Special));
    }

    /// <summary>
    /// Marks the other threads and processes that share the tracee's root directory (CLONE_FS). Called before it
    /// changes.
    /// </summary>
    private void MarkSharersOfRoot(Tracee tracee)
    {
        foreach (Tracee other in tracees.All())
        {
            if (other != tracee && Descriptions.ShareRoot(tracee.Tid, other.Tid))
            {
                other.Enter(Surroundings.ForeignRoot);
            }
        }
    }

    /// <summary>
    /// Gives the other threads of the process this thread's filters, as the kernel did (SECCOMP_FILTER_FLAG_TSYNC).
    /// </summary>
    private void ShareFilters(Tracee tracee)
    {
        foreach (Tracee other in tracees.OfProcess(tracee.Tgid))
        {
            other.Use(tracee.World.Filters);
            other.Enter(tracee.World.Surroundings & (Surroundings.NoNewPrivileges | Surroundings.OwnFilter));
        }
    }
}

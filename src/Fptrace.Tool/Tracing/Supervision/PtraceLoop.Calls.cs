using System.Diagnostics;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Calls.Processes;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Stops at the entry to and the exit from system calls.</summary>
internal sealed partial class PtraceLoop
{
    private void SyscallStop(Tracee tracee)
    {
        var ptracer = new Ptracer(tracee.Tid);
        int result = ptracer.GetSyscallInfo(out ptrace_syscall_info info);
        if (result == -errno.ESRCH)
        {
            return;
        }

        if (result < 0)
        {
            _recorder.AddReason(IncompleteReason.Internal, tracee.Tgid, $"the kernel does not tell its system calls (errno {-result}; PTRACE_GET_SYSCALL_INFO needs Linux 5.3)");
            _handler.Release(tracee);
            if (tracee.Retrial == Retrial.Expected)
            {
                // It may be the call that is made again: its notification is not to ask for that once more, for ever.
                tracee.Retrial = Retrial.UnderWay;
            }

            Resume(tracee);
            return;
        }

        if (info.op == ptrace.PTRACE_SYSCALL_INFO_EXIT)
        {
            Exit(tracee, ptracer, info.rval);
            return;
        }

        if (info.op == ptrace.PTRACE_SYSCALL_INFO_SECCOMP && (info.ret_data & seccomp.SECCOMP_RET_DATA) != FilterBuilder.Mark)
        {
            // A filter of the command's own answers SECCOMP_RET_TRACE, and the command has no tracer (seccomp(2)).
            _handler.Release(tracee);
            PendingAnswer.Give(tracee, -errno.ENOSYS);
            ptracer.SkipSyscall();
            ptracer.ResumeToSyscall(0);
            return;
        }

        if (info.op == ptrace.PTRACE_SYSCALL_INFO_ENTRY && _engine == EngineKind.Syscall && tracee.Wait is null)
        {
            tracee.EnteredAt = Stopwatch.GetTimestamp();
        }

        if (info.op == ptrace.PTRACE_SYSCALL_INFO_ENTRY && (tracee.Fresh is not null || tracee.Terminal is not null || tracee.Wait is not null))
        {
            ResumedWaits.Entered(tracee, info);
            Follow(tracee, info);
            if (_engine != EngineKind.Syscall && tracee.Retrial == Retrial.None)
            {
                // What the filter traps stops once more.
                Resume(tracee);
                return;
            }
        }

        tracee.IsInterrupted = false;
        EntryAnswer answer = EntryAnswer.Go;
        if (info.op != ptrace.PTRACE_SYSCALL_INFO_NONE
            && SyscallEntry.TryCreate(info, out SyscallEntry call)
            && _traps.Decide(call) is not TrapAction.Let and var action)
        {
            if (info.op == ptrace.PTRACE_SYSCALL_INFO_ENTRY && _engine == EngineKind.Notify)
            {
                // It stops here before its notification, and only while a call is to be made again; what is none of these comes by its own way.
                if (action != TrapAction.Notify || !(call.Call.MayBeMadeAgain || tracee.HidesMemory))
                {
                    Resume(tracee);
                    return;
                }

                tracee.Retrial = Retrial.UnderWay;
            }

            answer = _handler.Enter(tracee, call, seesExit: true);
        }

        if (tracee.Pending is { ChangesRoot: true })
        {
            MarkSharersOfRoot(tracee);
        }

        switch (answer)
        {
            case EntryAnswer.Skip:
                ptracer.SkipSyscall();
                break;
            case EntryAnswer.StripUntraced:
                ptracer.SetFirstArgument(info.args[0] & ~(ulong)sched.CLONE_UNTRACED);
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

    private void Follow(Tracee tracee, in ptrace_syscall_info info)
    {
        if (tracee.Fresh is { } fresh)
        {
            bool? isCut = fresh.IsCut(info);
            if (isCut == true)
            {
                _recorder.Changes?.Unread(fresh.Path.Span);
            }

            tracee.Fresh = isCut == false ? fresh : null;
        }

        if (tracee.Terminal is { } terminal)
        {
            bool? isClosed = terminal.IsClosed(info);
            if (isClosed is null)
            {
                _recorder.AddReason(IncompleteReason.Outsider, tracee.Tgid, "it reads from the terminal (/dev/tty), or asks it something: somebody may have typed there");
            }

            tracee.Terminal = isClosed == false ? terminal : null;
        }
    }

    /// <summary>The others whose root changes with a thread's (CLONE_FS), be they of its process or not: before it changes.</summary>
    private void MarkSharersOfRoot(Tracee tracee)
    {
        foreach (Tracee other in _tracees.All())
        {
            if (other != tracee && Descriptions.ShareRoot(tracee.Tid, other.Tid))
            {
                other.Enter(TraceeWorld.ForeignRoot);
            }
        }
    }

    /// <summary>The kernel has given all threads of the process what this one has (SECCOMP_FILTER_FLAG_TSYNC).</summary>
    private void ShareFilters(Tracee tracee)
    {
        foreach (Tracee other in _tracees.OfProcess(tracee.Tgid))
        {
            other.Filters = tracee.Filters;
            other.Enter(tracee.World & TraceeWorld.NoNewPrivileges);
        }
    }

    private void Exit(Tracee tracee, Ptracer ptracer, long result)
    {
        if (tracee.Wait is not null && ResumedWaits.Left(tracee, result) is long timedOut)
        {
            result = timedOut;
            ptracer.SetResult(timedOut);
        }

        if (tracee.Retrial == Retrial.UnderWay)
        {
            tracee.Retrial = Retrial.None;
            tracee.IsInterrupted = IsInterruption(result);
        }

        if (_handler.Release(tracee) is { } call)
        {
            if (call.Answer is long answer)
            {
                ptracer.SetResult(answer);
                result = answer;
            }

            // It is made again, and enters again.
            if (!IsInterruption(result))
            {
                bool foreign = tracee.HasForeignRoot;
                _handler.Exit(tracee, call, result);
                if (call is PendingFilter { IsShared: true })
                {
                    ShareFilters(tracee);
                }

                if (foreign != tracee.HasForeignRoot)
                {
                    foreach (Tracee other in _tracees.OfProcess(tracee.Tgid))
                    {
                        other.Enter(TraceeWorld.ForeignRoot);
                    }
                }
            }
        }

        Resume(tracee);
    }

    // What a call returns inside the kernel that a signal interrupted: ERESTARTSYS to ERESTART_RESTARTBLOCK of its linux/errno.h.
    internal static bool IsInterruption(long result) => result is <= -512 and >= -516;
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Linux.Ptracing;

/// <summary>
/// A thread that stands still, and the ptrace(2) requests that need that. It is made of what the wait told, and cannot
/// be kept beyond the handling of the stop.
/// </summary>
/// <remarks>
/// SIGKILL can strike between any two requests. To ask a thread that vanished then gives null; to change it does
/// nothing; and to let it go says <see cref="RequestOutcome.Vanished"/>. A request that fails while the thread does
/// stand still is made again, and in the end given up with an <see cref="KernelDenialException"/>: a thread that nobody
/// resumes would stand there for ever.
/// </remarks>
internal readonly unsafe ref struct Stop
{
    // A millisecond apart.
    private const int MostAttempts = 100;

    private readonly int _tid;
    private readonly ThreadChange _change;

    public Stop(scoped in ThreadChange change)
    {
        _tid = change.Tid;
        _change = change;
    }

    /// <summary>What the wait told. Unlike the stop it may be kept.</summary>
    public ThreadChange Told => _change;

    public int Tid => _tid;

    /// <summary>Why it stands still.</summary>
    public WaitStatus Status => _change.Status;

    /// <summary>Lets it run, with a signal or 0.</summary>
    public RequestOutcome Resume(int signal) => OutcomeOf(Request(ptrace.PTRACE_CONT, 0, signal));

    /// <summary>Lets it run to the next entry to or exit from a system call.</summary>
    public RequestOutcome ResumeToSyscall(int signal) => OutcomeOf(Request(ptrace.PTRACE_SYSCALL, 0, signal));

    /// <summary>Lets it run, and traces it no more.</summary>
    public RequestOutcome Detach() => OutcomeOf(Request(ptrace.PTRACE_DETACH, 0, 0));

    /// <summary>Leaves it in its group-stop, listening for SIGCONT.</summary>
    public RequestOutcome Listen() => OutcomeOf(Request(ptrace.PTRACE_LISTEN, 0, 0));

    /// <summary>What PTRACE_GETEVENTMSG says of its event.</summary>
    public ulong? EventMessage()
    {
        ulong value = 0;
        return Request(ptrace.PTRACE_GETEVENTMSG, 0, (nint)(&value)) ? value : null;
    }

    /// <summary>Who sent the signal that is about to be delivered.</summary>
    public siginfo_t? SignalInfo()
    {
        siginfo_t info = default;
        return ptrace.call(ptrace.PTRACE_GETSIGINFO, _tid, 0, (nint)(&info)) == 0 ? info : null;
    }

    /// <summary>The system call at whose entry or exit it stands still.</summary>
    /// <param name="info">The call.</param>
    /// <param name="error">Why it is denied: an errno.</param>
    public RequestOutcome GetSyscall(out ptrace_syscall_info info, out int error)
    {
        error = 0;
        info = default;
        fixed (ptrace_syscall_info* p = &info)
        {
            if (ptrace.call(ptrace.PTRACE_GET_SYSCALL_INFO, _tid, sizeof(ptrace_syscall_info), (nint)p) > 0)
            {
                return RequestOutcome.Done;
            }

            // Whatever else it is will stay so: the kernel does not know the request.
            error = Marshal.GetLastSystemError();
            return error == errno.ESRCH
                ? OutcomeOf(Repeat(ptrace.PTRACE_GET_SYSCALL_INFO, sizeof(ptrace_syscall_info), (nint)p, error))
                : RequestOutcome.Denied;
        }
    }

    /// <summary>Where its stack begins, and how many bytes a pointer has there.</summary>
    public (ulong Top, int PointerSize)? Stack() => TryGetRegisters(out Registers registers)
        ? (registers[registers.Layout.Stack], registers.Layout.WordSize)
        : null;

    /// <summary>Whether a fault of the thread's own code is about to be delivered (SIGSEGV, SIGBUS), and at which
    /// instruction.</summary>
    public bool TryGetFault(out ulong instruction)
    {
        bool isFault = Status.StopSignal is signal.SIGSEGV or signal.SIGBUS && SignalInfo() is { si_code: > 0 };
        instruction = isFault && TryGetRegisters(out Registers registers) ? registers.NextInstruction : 0;
        return isFault;
    }

    /// <summary>Takes a number from where its program must not see it.</summary>
    public void Clear(int register, ulong value)
    {
        if (TryGetRegisters(out Registers registers) && registers[register] == value)
        {
            Set(registers, register, 0);
        }
    }

    /// <summary>It goes on at another instruction.</summary>
    public void GoOnAt(ulong instruction)
    {
        if (TryGetRegisters(out Registers registers))
        {
            Set(registers, registers.Layout.Program, instruction);
        }
    }

    /// <summary>At an entry stop: the call is not made. What it returns is set at its exit stop.</summary>
    public void SkipSyscall()
    {
        if (!TryGetRegisters(out Registers registers))
        {
            return;
        }

        if (registers.Layout.IsRewound)
        {
            SetNumber(-1);
        }
        else
        {
            Set(registers, registers.Layout.Number, ulong.MaxValue);
        }
    }

    /// <summary>At an exit stop: what the call returns, or −errno.</summary>
    public void SetResult(long result)
    {
        if (TryGetRegisters(out Registers registers))
        {
            Set(registers, registers.Layout.Result, (ulong)result);
        }
    }

    /// <summary>At an entry stop: the first argument of the call.</summary>
    public void SetFirstArgument(ulong value)
    {
        if (TryGetRegisters(out Registers registers))
        {
            Set(registers, registers.Layout.Arguments[0], value);
        }
    }

    /// <summary>Writes eight bytes of its memory, even where its program may only read. Their page is its own
    /// then.</summary>
    /// <returns>false when there is no memory for that page.</returns>
    public bool TryPoke(ulong address, ulong value) =>
        ptrace.call(ptrace.PTRACE_POKEDATA, _tid, (nint)address, (nint)value) >= 0;

    /// <summary>For <see cref="InterruptedCall"/>, <see cref="RemoteCalls"/> and <see cref="EntryCall"/>, as the next
    /// ones.</summary>
    internal bool TryGetRegisters(out Registers registers)
    {
        registers = default;
        fixed (byte* first = &registers.First)
        {
            iovec io = new() { iov_base = (nint)first, iov_len = RegisterLayout.MostBytes };
            if (Request(ptrace.PTRACE_GETREGSET, ptrace.NT_PRSTATUS, (nint)(&io))
                && RegisterLayout.Find(io.iov_len) is { } layout)
            {
                registers.Layout = layout;
                return true;
            }
        }

        return false;
    }

    internal void Set(Registers registers, int register, ulong value)
    {
        registers[register] = value;
        Set(registers);
    }

    internal void Set(Registers registers)
    {
        iovec io = new() { iov_base = (nint)Unsafe.AsPointer(ref registers.First),
            iov_len = registers.Layout.Count * registers.Layout.WordSize };
        _ = Request(ptrace.PTRACE_SETREGSET, ptrace.NT_PRSTATUS, (nint)(&io));
    }

    /// <summary>On Arm: in which call the thread is; −1 for none.</summary>
    internal void SetNumber(int number)
    {
        iovec io = new() { iov_base = (nint)(&number), iov_len = sizeof(int) };
        _ = Request(ptrace.PTRACE_SETREGSET, ptrace.NT_ARM_SYSTEM_CALL, (nint)(&io));
    }

    private static RequestOutcome OutcomeOf(bool done) => done ? RequestOutcome.Done : RequestOutcome.Vanished;

    private bool Request(int request, nint address, nint data) =>
        ptrace.call(request, _tid, address, data) >= 0 || Repeat(request, address, data, Marshal.GetLastSystemError());

    private bool Repeat(int request, nint address, nint data, int error)
    {
        for (int i = 0; i < MostAttempts; i++)
        {
            // It was killed, or its number went over to another thread that called execve: that one stands still for an
            // event which was not waited for, and requests fail until then (Linux 5.13).
            ProcessStatus status = ProcessStatus.Of(_tid);
            if (!status.IsInTracingStop || status.TracerId != Environment.ProcessId || Children.HasNews(_tid))
            {
                return false;
            }

            // Nothing tells when the kernel would grant it: the fault is its own, or a sandbox's.
            Thread.Sleep(1);
            if (ptrace.call(request, _tid, address, data) >= 0)
            {
                return true;
            }

            error = Marshal.GetLastSystemError();
        }

        throw new KernelDenialException(
            $"the kernel denies ptrace request {request:x} on process {_tid} "
                + $"({Marshal.GetPInvokeErrorMessage(error)}); what still ran was ended");
    }
}

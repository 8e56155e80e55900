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

    // An i386 tracee has 17 registers of 32 bits: its six arguments, eax, and so on to the number of its call.
    private const int Eax = 6;
    private const int OrigEax = 11;
    private const int Esp = 15;

    private readonly int _tid;

    public Stop(scoped in ThreadChange change)
    {
        _tid = change.Tid;
        Status = change.Status;
    }

    public int Tid => _tid;

    /// <summary>Why it stands still.</summary>
    public WaitStatus Status { get; }

    /// <summary>Lets it run, with a signal or 0.</summary>
    public RequestOutcome Resume(int signal) => OutcomeOf(Request(ptrace.PTRACE_CONT, 0, signal));

    /// <summary>Lets it run to the next entry to or exit from a system call.</summary>
    public RequestOutcome ResumeToSyscall(int signal) => OutcomeOf(Request(ptrace.PTRACE_SYSCALL, 0, signal));

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
    public (ulong Top, int PointerSize)? Stack()
    {
        user_regs_struct registers = default;
        iovec io = new() { iov_base = (nint)(&registers), iov_len = sizeof(user_regs_struct) };
        if (!IsX64 || !TryGetRegisters(&io))
        {
            return null;
        }

        return io.iov_len == sizeof(user_regs_struct)
            ? (registers.rsp, sizeof(ulong))
            : (((uint*)&registers)[Esp], sizeof(uint));
    }

    /// <summary>Whether a fault of the thread's own code is about to be delivered (SIGSEGV, SIGBUS), and at which
    /// instruction.</summary>
    public bool TryGetFault(out ulong instruction)
    {
        instruction = 0;
        user_regs_struct registers = default;
        iovec io = new() { iov_base = (nint)(&registers), iov_len = sizeof(user_regs_struct) };
        if (Status.StopSignal is not (signal.SIGSEGV or signal.SIGBUS)
            || !IsX64
            || SignalInfo() is not { si_code: > 0 }
            || !TryGetRegisters(&io)
            || io.iov_len != sizeof(user_regs_struct))
        {
            return false;
        }

        instruction = registers.rip;
        return true;
    }

    /// <summary>It goes on at another instruction. Only for a 64-bit thread.</summary>
    public void GoOnAt(ulong instruction) => ChangeRegisters(static (ref r, v) => r.rip = (ulong)v, (long)instruction);

    /// <summary>At an entry stop: the call is not made. What it returns is set at its exit stop.</summary>
    public void SkipSyscall() => ChangeRegisters(static (ref r, _) => r.orig_rax = ulong.MaxValue, 0);

    /// <summary>At an exit stop or that of a signal: what the call returns, or −errno.</summary>
    public void SetResult(long result) => ChangeRegisters(static (ref r, v) => r.rax = (ulong)v, result);

    /// <summary>At an entry stop: the first argument of the call.</summary>
    public void SetFirstArgument(ulong value) => ChangeRegisters(static (ref r, v) => r.rdi = (ulong)v, (long)value);

    /// <summary>At the stop of a signal: the call that it interrupted.</summary>
    /// <param name="call">The call.</param>
    /// <param name="restart">What becomes of it.</param>
    /// <returns>false when it interrupted none.</returns>
    public bool TryGetInterruptedCall(out seccomp_data call, out Restart restart)
    {
        call = default;
        restart = Restart.None;
        if (!IsX64)
        {
            return false;
        }

        user_regs_struct registers = default;
        iovec io = new() { iov_base = (nint)(&registers), iov_len = sizeof(user_regs_struct) };
        if (!TryGetRegisters(&io))
        {
            return false;
        }

        int* small = (int*)&registers;
        bool isSmall = io.iov_len != sizeof(user_regs_struct);
        restart = (Restart)(isSmall ? small[Eax] : (long)registers.rax is var rax && rax == (int)rax ? (int)rax : 0);
        bool isCall = (isSmall ? small[OrigEax] : (long)registers.orig_rax) >= 0;
        if (!isCall
            || restart is not (Restart.Never or Restart.IfAsked or Restart.Always or Restart.UnlessCaught)
            || GetSyscall(out ptrace_syscall_info info, out _) != RequestOutcome.Done)
        {
            return false;
        }

        call = new() { nr = isSmall ? small[OrigEax] : (int)registers.orig_rax, arch = info.arch,
            instruction_pointer = info.instruction_pointer };
        if (isSmall)
        {
            for (int i = 0; i < 6; i++)
            {
                call.args[i] = (uint)small[i];
            }

            return true;
        }

        // Even a 64-bit program can make calls of i386, which takes other registers.
        bool isNative = info.arch == seccomp.AUDIT_ARCH_X86_64;
        call.args[0] = isNative ? registers.rdi : registers.rbx;
        call.args[1] = isNative ? registers.rsi : registers.rcx;
        call.args[2] = registers.rdx;
        call.args[3] = isNative ? registers.r10 : registers.rsi;
        call.args[4] = isNative ? registers.r8 : registers.rdi;
        call.args[5] = isNative ? registers.r9 : registers.rbp;
        return true;
    }

    /// <summary>At the stop of a signal: what becomes of the call that it interrupted.</summary>
    public void SetRestart(Restart restart) => SetResult((long)restart);

    private delegate void Change(ref user_regs_struct registers, long value);

    private void ChangeRegisters(Change change, long value)
    {
        user_regs_struct registers = default;
        iovec io = new() { iov_base = (nint)(&registers), iov_len = sizeof(user_regs_struct) };
        if (!TryGetRegisters(&io))
        {
            return;
        }

        if (io.iov_len == sizeof(user_regs_struct))
        {
            change(ref registers, value);
        }
        else
        {
            // Of an i386 tracee: ebx is its first argument.
            int* small = (int*)&registers;
            user_regs_struct wide = new() { rdi = (uint)small[0], rax = (uint)small[Eax],
                orig_rax = (uint)small[OrigEax] };
            change(ref wide, value);
            small[0] = (int)wide.rdi;
            small[Eax] = (int)wide.rax;
            small[OrigEax] = (int)wide.orig_rax;
        }

        _ = Request(ptrace.PTRACE_SETREGSET, ptrace.NT_PRSTATUS, (nint)(&io));
    }

    private static RequestOutcome OutcomeOf(bool done) => done ? RequestOutcome.Done : RequestOutcome.Vanished;

    private static bool IsX64 =>
        RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    private bool TryGetRegisters(iovec* io) => IsX64
        ? Request(ptrace.PTRACE_GETREGSET, ptrace.NT_PRSTATUS, (nint)io)
        : throw new PlatformNotSupportedException("registers of this architecture are not known yet");

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

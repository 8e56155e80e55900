using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Linux.Ptracing;

/// <summary>
/// ptrace(2) requests on one stopped tracee. A tracee that vanished meanwhile is an outcome, not an error: the request says
/// <c>false</c> and wait4 tells the rest. Only the thread that seized may use it.
/// </summary>
/// <remarks>
/// A request that fails while the tracee does stand still is made again, and in the end given up with an <see cref="KernelDenialException"/>:
/// a tracee that nobody resumes would stand there for ever.
/// </remarks>
internal readonly unsafe struct Ptracer(int tid)
{
    // A millisecond apart.
    private const int MostAttempts = 100;

    // An i386 tracee has 17 registers of 32 bits: its six arguments, eax, and so on to the number of its call.
    private const int Eax = 6;
    private const int OrigEax = 11;
    private const int Esp = 15;
    private static readonly nint SYS_ptrace = IsX64 ? 101 : 117;

    private readonly int _tid = tid;

    public static int Seize(int tid, int options)
        => ptrace.call(ptrace.PTRACE_SEIZE, tid, 0, options) == 0 ? 0 : -Marshal.GetLastSystemError();

    public bool Resume(int signal) => Request(ptrace.PTRACE_CONT, 0, signal);

    /// <summary>Resumes to the next entry to or exit from a system call.</summary>
    public bool ResumeToSyscall(int signal) => Request(ptrace.PTRACE_SYSCALL, 0, signal);

    /// <summary>Leaves a tracee in its group-stop, listening for SIGCONT.</summary>
    public bool Listen() => Request(ptrace.PTRACE_LISTEN, 0, 0);

    public bool Interrupt() => ptrace.call(ptrace.PTRACE_INTERRUPT, _tid, 0, 0) == 0;

    /// <summary>Copies memory word by word. A tracer may do so where it has attached, though the tracee runs as another user by now.</summary>
    public bool TryPeek(ulong address, Span<byte> target)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        ulong at = address & ~(ulong)(sizeof(ulong) - 1);
        for (int done = 0; done < target.Length; at += sizeof(ulong))
        {
            // The C library's function returns the word itself, which may be −1.
            ulong value = 0;
            if (libc.syscall(SYS_ptrace, ptrace.PTRACE_PEEKDATA, _tid, (nint)at, (nint)(&value), 0) != 0)
            {
                return false;
            }

            BitConverter.TryWriteBytes(word, value);
            ReadOnlySpan<byte> part = word[(int)(address + (ulong)done - at)..];
            part = part[..Math.Min(part.Length, target.Length - done)];
            part.CopyTo(target[done..]);
            done += part.Length;
        }

        return true;
    }

    /// <summary>Where its stack begins, and how many bytes a pointer has there.</summary>
    public bool TryGetStack(out ulong top, out int pointerSize)
    {
        user_regs_struct registers = default;
        iovec io = new() { iov_base = (nint)(&registers), iov_len = sizeof(user_regs_struct) };
        bool known = IsX64 && TryGetRegisters(&io);
        pointerSize = io.iov_len == sizeof(user_regs_struct) ? sizeof(ulong) : sizeof(uint);
        top = pointerSize == sizeof(ulong) ? registers.rsp : ((uint*)&registers)[Esp];
        return known;
    }

    public bool TryGetEventMessage(out ulong message)
    {
        ulong value = 0;
        bool ok = Request(ptrace.PTRACE_GETEVENTMSG, 0, (nint)(&value));
        message = value;
        return ok;
    }

    /// <summary>Who sent the signal that is about to be delivered.</summary>
    public bool TryGetSignal(out siginfo_t info)
    {
        info = default;
        fixed (siginfo_t* p = &info)
        {
            return ptrace.call(ptrace.PTRACE_GETSIGINFO, _tid, 0, (nint)p) == 0;
        }
    }

    /// <returns>0, or −errno: −ESRCH when the tracee stands still no more, because it was killed.</returns>
    public int GetSyscallInfo(out ptrace_syscall_info info)
    {
        info = default;
        fixed (ptrace_syscall_info* p = &info)
        {
            if (ptrace.call(ptrace.PTRACE_GET_SYSCALL_INFO, _tid, sizeof(ptrace_syscall_info), (nint)p) > 0)
            {
                return 0;
            }

            // Whatever else it is will stay so: the kernel does not know the request.
            int error = Marshal.GetLastSystemError();
            return error != errno.ESRCH ? -error : Repeat(ptrace.PTRACE_GET_SYSCALL_INFO, sizeof(ptrace_syscall_info), (nint)p, error) ? 0 : -errno.ESRCH;
        }
    }

    /// <summary>At an entry stop: the call is not made. What it returns is set at its exit stop.</summary>
    public bool SkipSyscall() => ChangeRegisters(static (ref r, _) => r.orig_rax = ulong.MaxValue, 0);

    /// <summary>At an exit stop or that of a signal: what the call returns, or −errno.</summary>
    public bool SetResult(long result) => ChangeRegisters(static (ref r, v) => r.rax = (ulong)v, result);

    /// <summary>At an entry stop: the first argument of the call.</summary>
    public bool SetFirstArgument(ulong value) => ChangeRegisters(static (ref r, v) => r.rdi = (ulong)v, (long)value);

    /// <summary>At the stop of a signal: the call that it interrupted.</summary>
    /// <param name="call">The call.</param>
    /// <param name="restart">What becomes of it.</param>
    /// <returns>false when it interrupted none.</returns>
    public bool TryGetInterruptedCall(out seccomp_data call, out Restart restart)
    {
        call = default;
        restart = Restart.None;
        if (RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
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
            || GetSyscallInfo(out ptrace_syscall_info info) != 0)
        {
            return false;
        }

        call = new() { nr = isSmall ? small[OrigEax] : (int)registers.orig_rax, arch = info.arch, instruction_pointer = info.instruction_pointer };
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
    public bool SetRestart(Restart restart) => SetResult((long)restart);

    private delegate void Change(ref user_regs_struct registers, long value);

    private bool ChangeRegisters(Change change, long value)
    {
        user_regs_struct registers = default;
        iovec io = new() { iov_base = (nint)(&registers), iov_len = sizeof(user_regs_struct) };
        if (!TryGetRegisters(&io))
        {
            return false;
        }

        if (io.iov_len == sizeof(user_regs_struct))
        {
            change(ref registers, value);
        }
        else
        {
            // Of an i386 tracee: ebx is its first argument.
            int* small = (int*)&registers;
            user_regs_struct wide = new() { rdi = (uint)small[0], rax = (uint)small[Eax], orig_rax = (uint)small[OrigEax] };
            change(ref wide, value);
            small[0] = (int)wide.rdi;
            small[Eax] = (int)wide.rax;
            small[OrigEax] = (int)wide.orig_rax;
        }

        return Request(ptrace.PTRACE_SETREGSET, ptrace.NT_PRSTATUS, (nint)(&io));
    }

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    private bool TryGetRegisters(iovec* io) => IsX64
        ? Request(ptrace.PTRACE_GETREGSET, ptrace.NT_PRSTATUS, (nint)io)
        : throw new PlatformNotSupportedException("registers of this architecture are not known yet");

    private bool Request(int request, nint address, nint data) =>
        ptrace.call(request, _tid, address, data) >= 0 || Repeat(request, address, data, Marshal.GetLastSystemError());

    private bool Repeat(int request, nint address, nint data, int error)
    {
        for (int i = 0; i < MostAttempts; i++)
        {
            // It was killed, or its number went over to another thread that called execve: that one stands still for an event which
            // was not waited for, and requests fail until then (Linux 5.13).
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

        throw new KernelDenialException($"the kernel denies ptrace request {request:x} on process {_tid} ({Marshal.GetPInvokeErrorMessage(error)}); what still ran was ended");
    }
}

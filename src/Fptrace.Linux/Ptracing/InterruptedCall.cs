using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>The call that a signal has interrupted, at the stop before the signal's delivery.</summary>
/// <remarks>
/// x86 shows the call as it left the kernel, and goes by what its tracer makes of that. On Arm the kernel has decided
/// by then: a call that is made again looks like one that the thread is about to make, and the kernel lets it end with
/// EINTR after a handler without asking the tracer.
/// </remarks>
internal readonly ref struct InterruptedCall
{
    private readonly Stop _stop;
    private readonly Registers _registers;
    private readonly seccomp_data _data;

    private InterruptedCall(
        Stop stop, scoped in Registers registers, Restart restart, scoped in seccomp_data data)
    {
        _stop = stop;
        _registers = registers;
        Restart = restart;
        _data = data;
    }

    /// <summary>What becomes of it.</summary>
    public Restart Restart { get; }

    /// <summary>The call. Its instruction pointer is the address behind it.</summary>
    [UnscopedRef]
    public ref readonly seccomp_data Data => ref _data;

    private RegisterLayout Layout => _registers.Layout;

    /// <param name="stop">The stop of a signal.</param>
    /// <param name="entered">The call that was last seen at its entry, and not ended by a handler. On Arm the result
    /// overwrites the first argument of a call that ends, and after a handler that call looks like one that has just
    /// been interrupted.</param>
    /// <param name="call">The call.</param>
    /// <returns>false when the signal interrupted none, or when it ended one that Arm does not tell.</returns>
    public static bool TryRead(Stop stop, (int Number, ulong FirstArgument) entered, out InterruptedCall call)
    {
        call = default;
        if (!stop.TryGetRegisters(out Registers registers))
        {
            return false;
        }

        Restart restart = registers.Layout.IsRewound ? Rewound(stop, registers) : Left(registers);
        int number = (int)registers[registers.Layout.Number];
        bool isOverwritten = registers.Layout.IsRewound && restart == Restart.Never;
        if (restart == Restart.None
            || (isOverwritten && entered.Number != number)
            || stop.GetSyscall(out ptrace_syscall_info info, out _) != RequestOutcome.Done)
        {
            return false;
        }

        seccomp_data data = new() { nr = number, arch = info.arch, instruction_pointer = registers.NextInstruction
            + (ulong)(restart == Restart.Untold ? registers.SizeOfCall : 0) };
        int[] arguments = info.arch == seccomp.AUDIT_ARCH_I386
            ? registers.Layout.ArgumentsOfI386
            : registers.Layout.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            data.args[i] = registers[arguments[i]];
        }

        if (isOverwritten)
        {
            data.args[0] = entered.FirstArgument;
        }

        call = new InterruptedCall(stop, registers, restart, data);
        return true;
    }

    /// <summary>It ended with EINTR, and is made again, because the signal has no effect.</summary>
    public void MakeAgain()
    {
        Registers registers = _registers;
        ulong result = unchecked((ulong)Restart.UnlessCaught);
        if (Layout.IsRewound)
        {
            registers[Layout.Program] -= (ulong)registers.SizeOfCall;
            result = _data.args[0];
        }

        _stop.Set(registers, Layout.Result, result);
    }

    /// <summary>It is made again, also after a handler that was set without SA_RESTART.</summary>
    public void MakeAgainInAnyCase()
    {
        if (Layout.IsRewound)
        {
            // The kernel lets the call end with EINTR if the thread still stands where the call is. So it stands there
            // under another address, which the processor takes for the same when the thread goes on.
            _stop.Set(_registers, Layout.Program, _registers[Layout.Program] | _registers.IgnoredBit);
        }
        else
        {
            _stop.Set(_registers, Layout.Result, unchecked((ulong)Restart.Always));
        }
    }

    /// <summary>It ends.</summary>
    /// <param name="result">What it returns, or −errno.</param>
    public void End(long result)
    {
        Registers registers = _registers;
        if (Layout.IsRewound)
        {
            registers[Layout.Program] = _data.instruction_pointer;
        }

        _stop.Set(registers, Layout.Result, (ulong)result);
    }

    private static Restart Left(in Registers registers)
    {
        long result = registers.Signed(registers.Layout.Result);
        var restart = (Restart)result;
        bool isRestart = result < 0 && result == (int)result
            && restart is Restart.Never or Restart.IfAsked or Restart.Always or Restart.UnlessCaught;
        return isRestart && registers.Signed(registers.Layout.Number) >= 0 ? restart : Restart.None;
    }

    private static Restart Rewound(Stop stop, in Registers registers)
    {
        bool isInterrupted = registers.Signed(registers.Layout.Result) == (long)Restart.Never;
        return isInterrupted && IsCall(stop, registers, registers.SizeOfCall) ? Restart.Never
            : IsCall(stop, registers, 0) ? Restart.Untold
            : Restart.None;
    }

    // Whether an instruction that makes a call stands so many bytes before the next one.
    private static bool IsCall(Stop stop, in Registers registers, int before)
    {
        ulong at = registers.NextInstruction - (ulong)before;
        return TraceeMemory.TryPeek(stop.Tid, at & ~7ul, out ulong word)
            && registers.IsCall((uint)(word >> (int)(8 * (at & 7))));
    }
}

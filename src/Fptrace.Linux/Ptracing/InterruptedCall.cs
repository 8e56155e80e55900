using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;

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
    /// <param name="ended">The address behind the last wait that a handler has ended. After the handler, Arm does not
    /// tell that wait from one that has just been interrupted.</param>
    /// <param name="noted">The first argument, where it was seen at the entry of the call.</param>
    /// <param name="call">The call.</param>
    /// <returns>false when the signal interrupted none, or when it ended one whose first argument Arm does not
    /// tell.</returns>
    public static bool TryRead(Stop stop, ulong ended, ulong? noted, out InterruptedCall call)
    {
        call = default;
        if (!stop.TryGetRegisters(out Registers registers))
        {
            return false;
        }

        Restart restart = registers.Layout.IsRewound ? Rewound(stop, registers) : Left(registers);
        ulong behind = registers.NextInstruction + (ulong)(restart == Restart.Untold ? registers.SizeOfCall : 0);
        ulong first = registers[registers.Layout.Result];
        if (restart == Restart.None
            || (registers.Layout.IsRewound && restart == Restart.Never
                && (behind == ended || !TryGetFirstArgument(stop, registers, noted, out first)))
            || stop.GetSyscall(out ptrace_syscall_info info, out _) != RequestOutcome.Done)
        {
            return false;
        }

        seccomp_data data = new() { nr = (int)registers[registers.Layout.Number], arch = info.arch,
            instruction_pointer = behind };
        int[] arguments = info.arch == seccomp.AUDIT_ARCH_I386
            ? registers.Layout.ArgumentsOfI386
            : registers.Layout.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            data.args[i] = registers[arguments[i]];
        }

        if (registers.Layout.IsRewound)
        {
            data.args[0] = first;
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

    // The register has the result. The kernel keeps the argument, and tells it of a thread that is in a call; but newer
    // kernels take the register for the argument as soon as the tracer says that there is one.
    private static bool TryGetFirstArgument(Stop stop, in Registers registers, ulong? noted, out ulong value)
    {
        RegisterLayout layout = registers.Layout;
        value = noted ?? (layout.FirstArgument >= 0 ? registers[layout.FirstArgument] : 0);
        if (noted is not null || layout.FirstArgument >= 0)
        {
            return true;
        }

        stop.SetNumber((int)registers[layout.Number]);
        byte[] text = Files.ReadAll(ProcPath.Of(stop.Tid, "syscall"u8)) ?? [];
        stop.SetNumber(-1);

        // 22 0x4 0x...
        int begin = text.AsSpan().IndexOf(" 0x"u8) + 3;
        return begin > 2 && Utf8Parser.TryParse(text.AsSpan(begin), out value, out _, 'x')
            && value != registers[layout.Result];
    }
}

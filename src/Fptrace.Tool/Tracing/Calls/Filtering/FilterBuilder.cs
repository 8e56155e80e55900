using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Tracing.Fast;
using static Fptrace.Linux.Headers.bpf;

namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>Builds the seccomp program of a plan. Calls that it does not trap run at full speed.</summary>
/// <remarks>
/// The program checks the architecture first, because call numbers mean nothing without it, and finds the call by
/// binary search. It reads arguments only where the answer depends on them: calls that are always allowed then stay in
/// the kernel's bitmap and run no filter at all (Linux 5.11).
/// </remarks>
internal sealed class FilterBuilder
{
    /// <summary>
    /// The SECCOMP_RET_DATA of our stops. A stop with another value comes from a filter of the command.
    /// </summary>
    public const uint Mark = 0x6670;

    private const uint Stop = seccomp.SECCOMP_RET_TRACE | Mark;

    // Offsets in struct seccomp_data (linux/seccomp.h).
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;
    private const uint OffsetOfInstruction = 8;
    private const uint OffsetOfArguments = 16;

    // sendmsg has three arguments, so the kernel ignores this register and the next one.
    private const int PassPosition = 3;

    private readonly List<sock_filter> _program = [];
    private readonly TrapTable _traps;
    private readonly uint _notify;
    private readonly ulong _pass;

    private FilterBuilder(TrapTable traps, bool notifies, ulong pass)
    {
        _traps = traps;
        _pass = pass;
        _notify = notifies ? seccomp.SECCOMP_RET_USER_NOTIF : Stop;
    }

    /// <param name="traps">Which calls stop, and how.</param>
    /// <param name="notifies">Trapped calls that change nothing become notifications; otherwise all are ptrace
    /// stops.</param>
    /// <param name="pass">The number by which the filter tells the stub's own sendmsg from the command's, and allows
    /// it: <see cref="MessageSocket.Send(ReadOnlySpan{byte}, int, ulong)"/>.</param>
    public static sock_filter[] Build(TrapTable traps, bool notifies, ulong pass)
    {
        var builder = new FilterBuilder(traps, notifies, pass);
        builder.Load(OffsetOfArchitecture);
        foreach (SyscallAbi abi in traps.Abis)
        {
            builder.IfEqual(abi.Audit, () => builder.Add(abi));
        }

        // A program of another architecture: the verdict names it.
        builder.Return(Stop);
        return [.. builder._program];
    }

    private void Add(SyscallAbi abi)
    {
        Load(OffsetOfNumber);
        if (abi.HasX32)
        {
            _program.Add(new(BPF_ALU | BPF_AND | BPF_K, 0, 0, ~(uint)SyscallAbi.X32Bit));
        }

        (int Number, Trap Trap)[] trapped = [.. Trapped(abi)];
        if (abi.HasX32)
        {
            // The numbers of x32 lie among the unknown ones, so they are tested first.
            IfAtLeast(SyscallAbi.LastOfX32 + 1, () => Return(Stop));
            IfAtLeast(SyscallAbi.FirstOfX32,
                () => Search([.. trapped.Where(call => call.Number >= SyscallAbi.FirstOfX32)]));
        }

        IfAtLeast(abi.FirstUnknown, () => Return(Stop));
        Search([.. trapped.Where(call => call.Number < abi.FirstUnknown)]);
    }

    private IEnumerable<(int Number, Trap Trap)> Trapped(SyscallAbi abi)
    {
        for (int i = 0; i < abi.Calls.Length; i++)
        {
            if (abi.Calls[i] is not null && _traps.Of(abi, i) is { } trap)
            {
                yield return (i, trap);
            }
        }
    }

    private void Search(ReadOnlySpan<(int Number, Trap Trap)> calls)
    {
        if (calls.Length == 0)
        {
            Return(seccomp.SECCOMP_RET_ALLOW);
        }
        else if (calls.Length == 1)
        {
            Trap trap = calls[0].Trap;
            IfEqual((uint)calls[0].Number, () => Leaf(trap));
            Return(seccomp.SECCOMP_RET_ALLOW);
        }
        else
        {
            int middle = calls.Length / 2;

            // A conditional jump reaches 255 instructions (its offset is a byte), an unconditional one any.
            _program.Add(new(BPF_JMP | BPF_JGE | BPF_K, 0, 1, (uint)calls[middle].Number));
            int jump = _program.Count;
            _program.Add(default);
            Search(calls[..middle]);
            _program[jump] = new(BPF_JMP | BPF_JA, 0, 0, (uint)(_program.Count - jump - 1));
            Search(calls[middle..]);
        }
    }

    private void Leaf(Trap trap)
    {
        if (trap.LetsStubPass)
        {
            LoadArgument(PassPosition);
            IfEqual((uint)_pass, () =>
            {
                LoadArgument(PassPosition + 1);
                IfEqual((uint)(_pass >> 32), () => Return(seccomp.SECCOMP_RET_ALLOW));
            });
        }

        if (trap.Secret is { } secret)
        {
            LetPass(secret, trap.NeverKnown);
        }

        int loaded = -1;
        foreach (TrapTest test in trap.Tests)
        {
            if (test.Argument != loaded)
            {
                LoadArgument(test.Argument);
                loaded = test.Argument;
            }

            switch (test.Comparison)
            {
                case TrapComparison.Equal:
                    IfEqual(test.Value, () => Return(test.Action));
                    break;
                case TrapComparison.AnyBit:
                    IfAnyBit(test.Value, () => Return(test.Action));
                    break;
                case TrapComparison.AtMost:
                    IfAtMost(test.Value, () => Return(test.Action));
                    break;
                default:
                    IfAnyBit(uint.MaxValue, () => Return(test.Action));
                    LoadUpper(test.Argument);
                    IfAnyBit(uint.MaxValue, () => Return(test.Action));
                    loaded = -1;
                    break;
            }
        }

        Return(trap.Otherwise);
    }

    private void Return(TrapAction action) => Return(action switch
    {
        TrapAction.Let => seccomp.SECCOMP_RET_ALLOW,
        TrapAction.Notify => _notify,
        _ => Stop,
    });

    private void Load(uint offset) => _program.Add(new(BPF_LD | BPF_W | BPF_ABS, 0, 0, offset));

    // Loads the lower 32 bits, since descriptors and flags are ints. All our ABIs are little-endian.
    private void LoadArgument(int position) => Load(OffsetOfArguments + (8 * (uint)position));

    private void LoadUpper(int position) => Load(OffsetOfArguments + (8 * (uint)position) + 4);

    // The kernel tells the address behind the instruction. It is looked at, too: a handler of a signal that comes
    // during a known call begins with the registers of that call.
    private void LetPass(ulong secret, (int Argument, uint Bits)? never)
    {
        LoadArgument(FastCode.SecretAt);
        IfEqual((uint)secret, () =>
        {
            LoadUpper(FastCode.SecretAt);
            IfEqual((uint)(secret >> 32), () =>
            {
                Load(OffsetOfInstruction);
                _program.Add(new(BPF_ALU | BPF_AND | BPF_K, 0, 0, FastCode.SlotSize - 1));
                IfEqual(FastCode.EndOfCall, () =>
                {
                    if (never is var (argument, bits))
                    {
                        // Any of these bits jumps over the next instruction.
                        LoadArgument(argument);
                        _program.Add(new(BPF_JMP | BPF_JSET | BPF_K, 1, 0, bits));
                    }

                    Return(seccomp.SECCOMP_RET_ALLOW);
                });
            });
        });
    }

    private void Return(uint action) => _program.Add(new(BPF_RET | BPF_K, 0, 0, action));

    private void IfEqual(uint value, Action then) => If(BPF_JEQ, value, then);

    private void IfAtLeast(uint value, Action then) => If(BPF_JGE, value, then);

    private void IfAnyBit(uint bits, Action then) => If(BPF_JSET, bits, then);

    private void IfAtMost(uint value, Action then)
    {
        // If greater, the next instruction jumps over the body.
        _program.Add(new(BPF_JMP | BPF_JGT | BPF_K, 0, 1, value));
        Over(then);
    }

    private void If(ushort test, uint value, Action then)
    {
        _program.Add(new((ushort)(BPF_JMP | test | BPF_K), 1, 0, value));
        Over(then);
    }

    private void Over(Action body)
    {
        int jump = _program.Count;
        _program.Add(default);
        body();
        _program[jump] = new(BPF_JMP | BPF_JA, 0, 0, (uint)(_program.Count - jump - 1));
    }
}

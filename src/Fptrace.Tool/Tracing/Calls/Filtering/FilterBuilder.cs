using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.bpf;

namespace Fptrace.Tracing.Calls.Filtering;

/// <summary>The seccomp program of a plan: which calls stop, and in which way. All others run at full speed.</summary>
/// <remarks>
/// The architecture is checked first, because call numbers mean nothing without it; the call is found by binary search. Arguments are
/// looked at only where the answer depends on them, so that the kernel can keep the rest in its bitmap of always allowed calls.
/// </remarks>
internal sealed class FilterBuilder
{
    /// <summary>Our stops carry it as SECCOMP_RET_DATA. A stop with another one is that of a filter of the command's own.</summary>
    public const uint Mark = 0x6670;

    private const uint Stop = seccomp.SECCOMP_RET_TRACE | Mark;

    // struct seccomp_data.
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;
    private const uint OffsetOfArguments = 16;

    // sendmsg has three arguments.
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

    /// <param name="traps">What stops, and how.</param>
    /// <param name="notifies">Observed calls become notifications; otherwise every trap is a ptrace stop.</param>
    /// <param name="pass">A sendmsg with this number behind its arguments is ours and goes through: <see cref="MessageSocket.Send(ReadOnlySpan{byte}, int, ulong)"/>.</param>
    public static sock_filter[] Build(TrapTable traps, bool notifies, ulong pass)
    {
        var builder = new FilterBuilder(traps, notifies, pass);
        builder.Load(OffsetOfArchitecture);
        foreach (SyscallAbi abi in traps.Abis)
        {
            builder.IfEqual(abi.Audit, () => builder.Add(abi));
        }

        builder.Return(seccomp.SECCOMP_RET_ALLOW);
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
            // Between the numbers of x86-64 and the unknown ones beyond them.
            IfAtLeast(SyscallAbi.LastOfX32 + 1, () => Return(Stop));
            IfAtLeast(SyscallAbi.FirstOfX32, () => Search([.. trapped.Where(call => call.Number >= SyscallAbi.FirstOfX32)]));
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

            // A conditional jump reaches 255 instructions, an unconditional one all of them.
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
                    Load(OffsetOfArguments + (8 * (uint)test.Argument) + 4);
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

    // The low word: descriptors and flags are ints, and all machines of .NET on Linux are little-endian.
    private void LoadArgument(int position) => Load(OffsetOfArguments + (8 * (uint)position));

    private void Return(uint action) => _program.Add(new(BPF_RET | BPF_K, 0, 0, action));

    private void IfEqual(uint value, Action then) => If(BPF_JEQ, value, then);

    private void IfAtLeast(uint value, Action then) => If(BPF_JGE, value, then);

    private void IfAnyBit(uint bits, Action then) => If(BPF_JSET, bits, then);

    private void IfAtMost(uint value, Action then)
    {
        // Over the body when greater.
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

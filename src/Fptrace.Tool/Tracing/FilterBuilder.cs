using Fptrace.Interop;
using static Fptrace.Interop.bpf;

namespace Fptrace.Tracing;

/// <summary>The seccomp program of a plan: which calls stop, and in which way. All others run at full speed.</summary>
/// <remarks>
/// The architecture is checked first, because call numbers mean nothing without it; the call is found by binary search. Arguments are
/// looked at only where the answer depends on them, so that the kernel can keep the rest in its bitmap of always allowed calls.
/// </remarks>
internal sealed class FilterBuilder
{
    // struct seccomp_data.
    private const uint OffsetOfNumber = 0;
    private const uint OffsetOfArchitecture = 4;
    private const uint OffsetOfArguments = 16;

    // sendmsg has three arguments.
    private const int PassPosition = 3;

    private readonly List<sock_filter> _program = [];
    private readonly TracePlan _plan;
    private readonly uint _observe;
    private readonly ulong _pass;

    private FilterBuilder(TracePlan plan, bool notifies, ulong pass)
    {
        _plan = plan;
        _pass = pass;
        _observe = notifies ? seccomp.SECCOMP_RET_USER_NOTIF : seccomp.SECCOMP_RET_TRACE;
    }

    /// <param name="plan">What is trapped.</param>
    /// <param name="abis">The native one first.</param>
    /// <param name="notifies">Observed calls become notifications; otherwise every trap is a ptrace stop.</param>
    /// <param name="pass">A sendmsg with this number behind its arguments is ours and goes through: <see cref="MessageSocket.Send(ReadOnlySpan{byte}, int, ulong)"/>.</param>
    public static sock_filter[] Build(TracePlan plan, IEnumerable<SyscallAbi> abis, bool notifies, ulong pass)
    {
        var builder = new FilterBuilder(plan, notifies, pass);
        builder.Load(OffsetOfArchitecture);
        foreach (SyscallAbi abi in abis)
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

        (int Number, SyscallForm Form)[] trapped = [.. abi.Numbers()
            .Select(number => (number, SyscallForms.All[abi.FormOf(number)]))
            .Where(call => Channels.Of(call.Item2.Operation, _plan) != Channel.None)];
        if (abi.HasX32)
        {
            // Between the numbers of x86-64 and the unknown ones beyond them.
            IfAtLeast(SyscallAbi.LastOfX32 + 1, () => Return(seccomp.SECCOMP_RET_TRACE));
            IfAtLeast(SyscallAbi.FirstOfX32, () => Search(abi, [.. trapped.Where(call => call.Number >= SyscallAbi.FirstOfX32)]));
        }

        IfAtLeast(abi.FirstUnknown, () => Return(seccomp.SECCOMP_RET_TRACE));
        Search(abi, [.. trapped.Where(call => call.Number < abi.FirstUnknown)]);
    }

    private void Search(SyscallAbi abi, ReadOnlySpan<(int Number, SyscallForm Form)> calls)
    {
        if (calls.Length == 0)
        {
            Return(seccomp.SECCOMP_RET_ALLOW);
        }
        else if (calls.Length == 1)
        {
            SyscallForm form = calls[0].Form;
            IfEqual((uint)calls[0].Number, () => Leaf(abi, form));
            Return(seccomp.SECCOMP_RET_ALLOW);
        }
        else
        {
            int middle = calls.Length / 2;

            // A conditional jump reaches 255 instructions, an unconditional one all of them.
            _program.Add(new(BPF_JMP | BPF_JGE | BPF_K, 0, 1, (uint)calls[middle].Number));
            int jump = _program.Count;
            _program.Add(default);
            Search(abi, calls[..middle]);
            _program[jump] = new(BPF_JMP | BPF_JA, 0, 0, (uint)(_program.Count - jump - 1));
            Search(abi, calls[middle..]);
        }
    }

    private void Leaf(SyscallAbi abi, in SyscallForm form)
    {
        switch (Channels.Of(form.Operation, _plan))
        {
            case Channel.Observe when form.Operation == Operation.SendMessage:
                LoadArgument(PassPosition);
                IfEqual((uint)_pass, () =>
                {
                    LoadArgument(PassPosition + 1);
                    IfEqual((uint)(_pass >> 32), () => Return(seccomp.SECCOMP_RET_ALLOW));
                });
                Return(_observe);
                break;
            case Channel.Observe:
                Return(_observe);
                break;
            case Channel.Refuse:
                Return(seccomp.SECCOMP_RET_ERRNO | errno.ENOSYS);
                break;
            case Channel.ByOpenFlags when form.Flags >= 0:
                LoadArgument(form.Flags);
                IfAnyBit((uint)Channels.WriteIntent, () => Return(seccomp.SECCOMP_RET_TRACE));
                if (!_plan.Probes)
                {
                    IfAnyBit((uint)(abi.O_DIRECTORY | fcntl.O_PATH), () => Return(seccomp.SECCOMP_RET_ALLOW));
                }

                Return(_observe);
                break;
            case Channel.ByCloneFlags:
                LoadArgument(form.Flags);
                IfAnyBit(Channels.WatchedCloneFlags, () => Return(seccomp.SECCOMP_RET_TRACE));
                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.ByTreeFlags when form.Flags >= 0:
                LoadArgument(form.Flags);
                IfAnyBit((uint)mount.OPEN_TREE_CLONE, () => Return(seccomp.SECCOMP_RET_TRACE));
                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.ByAddress:
                // A pointer of two words.
                LoadArgument(form.Path);
                IfAnyBit(uint.MaxValue, () => Return(_observe));
                Load(OffsetOfArguments + (8 * (uint)form.Path) + 4);
                IfAnyBit(uint.MaxValue, () => Return(_observe));
                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.BySocketCall:
                LoadArgument(form.Flags);
                IfEqual(socket.SYS_BIND, () => Return(seccomp.SECCOMP_RET_TRACE));
                IfOneOf(_plan.Network ? Channels.MeetingSocketCalls : [], () => Return(seccomp.SECCOMP_RET_TRACE));
                IfOneOf(_plan.Network ? Channels.ConnectingSocketCalls : [], () => Return(_observe));
                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.ByTraceRequest:
                LoadArgument(form.Flags);
                IfOneOf(Channels.TraceRequests, () => Return(_observe));
                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.ByListenerFlag:
                LoadArgument(form.Flags);
                IfAnyBit(seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER, () => Return(seccomp.SECCOMP_RET_TRACE));
                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.ByRequest:
                LoadArgument(form.Flags);
                foreach (uint request in _plan.Terminal is null ? Channels.AttributeRequests : [.. Channels.AttributeRequests, .. Channels.TerminalRequests])
                {
                    IfEqual(request, () => Return(seccomp.SECCOMP_RET_TRACE));
                }

                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.ByInput:
                LoadArgument(form.At);
                IfEqual(0, () => Return(seccomp.SECCOMP_RET_TRACE));
                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            case Channel.ByDescriptor:
                LoadArgument(form.At);
                IfStandard(() => Return(_observe));
                if (form.At2 >= 0)
                {
                    LoadArgument(form.At2);
                    IfStandard(() => Return(_observe));
                }

                Return(seccomp.SECCOMP_RET_ALLOW);
                break;
            default:
                Return(seccomp.SECCOMP_RET_TRACE);
                break;
        }
    }

    private void Load(uint offset) => _program.Add(new(BPF_LD | BPF_W | BPF_ABS, 0, 0, offset));

    // The low word: descriptors and flags are ints, and all machines of .NET on Linux are little-endian.
    private void LoadArgument(int position) => Load(OffsetOfArguments + (8 * (uint)position));

    private void Return(uint action) => _program.Add(new(BPF_RET | BPF_K, 0, 0, action));

    private void IfEqual(uint value, Action then) => If(BPF_JEQ, value, then);

    private void IfAtLeast(uint value, Action then) => If(BPF_JGE, value, then);

    private void IfOneOf(int[] values, Action then)
    {
        foreach (int value in values)
        {
            IfEqual((uint)value, then);
        }
    }

    private void IfAnyBit(uint bits, Action then) => If(BPF_JSET, bits, then);

    private void IfStandard(Action then)
    {
        // Not greater than 2: over the body when greater.
        _program.Add(new(BPF_JMP | BPF_JGT | BPF_K, 0, 1, 2));
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

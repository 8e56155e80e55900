using System.Runtime.InteropServices;
using Fptrace.Keeping;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Support;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Fast;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.bpf;
using static Fptrace.Linux.Headers.seccomp;

namespace Fptrace.Tracing.Calls;

/// <summary>The seccomp program does what the conditions of the calls say, for every call of every ABI.</summary>
public sealed class FilterTests
{
    private const ulong Pass = 0x0123_4567_89ab_cdef;

    // Behind the arguments of sendmsg.
    private const int PassPosition = 3;

    // struct seccomp_data in words of 64 bits: number and architecture, the instruction pointer, the arguments.
    private const int FirstArgument = 2;

    public static TheoryData<Architecture, string, bool> Programs
    {
        get
        {
            var programs = new TheoryData<Architecture, string, bool>();
            foreach (Architecture architecture in new[] { Architecture.X64, Architecture.Arm64 })
            {
                foreach (string plan in s_plans.Keys)
                {
                    programs.Add(architecture, plan, true);
                    programs.Add(architecture, plan, false);
                }
            }

            return programs;
        }
    }

    private static readonly Dictionary<string, TracePlan> s_plans = new()
    {
        ["processes"] = new TracePlan(),
        ["files"] = new TracePlan { Files = true, Stdio = true },
        ["undelete"] = new TracePlan { Files = true, Undelete = new Keeper(new ByteString("/nowhere"u8)) },
        ["everything"] = new TracePlan { Files = true, Removals = true, Probes = true, Stdio = true, Network = true },
        ["known"] = new TracePlan { Files = true, Probes = true, Stdio = true, Fast = Fast(isKnownToAll: false) },
        ["io_uring"] = new TracePlan { Files = true, Probes = true, AllowIoUring = true },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Filter_OfEveryCallAndArgument_DecidesAsItsCondition(Architecture architecture, string plan,
        bool notifies)
    {
        SyscallAbi[] abis = SyscallAbi.Of(architecture);
        var traps = new TrapTable(s_plans[plan], abis);
        var machine = new FilterProgram(FilterBuilder.Build(traps, notifies, Pass));
        foreach (seccomp_data call in Calls(traps))
        {
            uint expected = Expected(traps, abis, call, notifies);
            uint actual = machine.Run(call);
            Assert.True(expected == actual,
                $"{Describe(call)}: the condition says {expected:x}, the filter {actual:x}");
        }
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Filter_WithOneJumpTurnedRound_DecidesOtherwiseSomewhere(Architecture architecture)
    {
        SyscallAbi[] abis = SyscallAbi.Of(architecture);
        var traps = new TrapTable(s_plans["everything"], abis);
        sock_filter[] program = FilterBuilder.Build(traps, notifies: true, Pass);
        seccomp_data[] calls = [.. Calls(traps)];
        uint[] expected = [.. calls.Select(call => Expected(traps, abis, call, notifies: true))];
        for (int at = 0; at < program.Length; at++)
        {
            sock_filter jump = program[at];
            if ((jump.code & 7) != BPF_JMP || jump.code == (BPF_JMP | BPF_JA))
            {
                continue;
            }

            sock_filter[] broken = [.. program];
            broken[at] = new sock_filter(jump.code, jump.jf, jump.jt, jump.k);
            var machine = new FilterProgram(broken);
            Assert.True(Enumerable.Range(0, calls.Length).Any(i => machine.Run(calls[i]) != expected[i]),
                $"nobody sees that the jump at {at} is turned round");
        }
    }

    [SkippableTheory]
    [InlineData("read", true)]
    [InlineData("write", true)]
    [InlineData("access", true)]
    [InlineData("readlink", true)]
    [InlineData("readlinkat", true)]
    [InlineData("newfstatat", true)]
    [InlineData("stat", true)]
    [InlineData("lstat", true)]
    [InlineData("statfs", true)]
    [InlineData("statx", false)]
    [InlineData("openat", false)]
    [InlineData("unlink", false)]
    public void CallWithTheSecret_PassesOnlyIfItCanBeKnown(string name, bool passes)
    {
        FastPath fast = Required(Fast(isKnownToAll: false));
        var plan = new TracePlan { Files = true, Removals = true, Probes = true, Stdio = true, Fast = fast };
        FilterProgram machine = MachineOf(plan);
        seccomp_data call = Call(AUDIT_ARCH_X86_64, SyscallTable.Rows.Single(row => row.Name == name).X64);
        uint asked = machine.Run(call);
        Assert.NotEqual(SECCOMP_RET_ALLOW, asked);
        call.instruction_pointer = 0x7000_0000_0000 + (3 * FastCode.SlotSize) + FastCode.EndOfCall;
        Assert.Equal(asked, machine.Run(call));
        call.args[FastCode.SecretAt] = fast.Segment.Secret;
        Assert.Equal(passes ? SECCOMP_RET_ALLOW : asked, machine.Run(call));
        foreach (ulong other in new[] { call.instruction_pointer - 1, call.instruction_pointer + 2 })
        {
            Assert.Equal(asked, machine.Run(call with { instruction_pointer = other }));
        }

        foreach (int bit in new[] { 0, 31, 32, 63 })
        {
            call.args[FastCode.SecretAt] = fast.Segment.Secret ^ (1UL << bit);
            Assert.Equal(asked, machine.Run(call));
        }
    }

    /// <summary>Only where nobody asks who opens a file can an open be known, and only one that changes
    /// nothing.</summary>
    [SkippableTheory]
    [InlineData(fcntl.O_CLOEXEC | fcntl.O_NOCTTY | fcntl.O_NONBLOCK, true)]
    [InlineData(fcntl.O_WRONLY, false)]
    [InlineData(fcntl.O_RDWR, false)]
    [InlineData(fcntl.O_CREAT, false)]
    [InlineData(fcntl.O_TRUNC, false)]
    [InlineData(fcntl.O_PATH, true)]
    public void OpenWithTheSecret_PassesOnlyIfItReads(int flags, bool passes)
    {
        FastPath fast = Required(Fast(isKnownToAll: true));
        FilterProgram machine = MachineOf(new TracePlan { Files = true, Probes = true, Fast = fast });
        seccomp_data call = Call(AUDIT_ARCH_X86_64, 257);
        call.args[2] = (ulong)flags;
        uint asked = machine.Run(call);
        Assert.NotEqual(SECCOMP_RET_ALLOW, asked);
        call.instruction_pointer = FastCode.EndOfCall;
        call.args[FastCode.SecretAt] = fast.Segment.Secret;
        Assert.Equal(passes ? SECCOMP_RET_ALLOW : asked, machine.Run(call));
    }

    private static FastPath? Fast(bool isKnownToAll) => FastPath.TryMake(knowsPaths: true, isKnownToAll);

    private static FastPath Required(FastPath? fast)
    {
        Requires.That(fast is not null, "needs System V shared memory");
        return fast!;
    }

    private static FilterProgram MachineOf(TracePlan plan) =>
        new(FilterBuilder.Build(new TrapTable(plan, SyscallAbi.Of(Architecture.X64)), notifies: true, Pass));

    [Fact]
    public void CallOfAnotherArchitecture_Stops()
    {
        var traps = new TrapTable(s_plans["everything"], SyscallAbi.Of(Architecture.X64));
        Assert.Equal(SECCOMP_RET_TRACE | FilterBuilder.Mark,
            new FilterProgram(FilterBuilder.Build(traps, notifies: true, Pass)).Run(Call(AUDIT_ARCH_AARCH64, 56)));
    }

    /// <summary>To make a wait again that a signal has interrupted, its first argument must be known. Where the result
    /// overwrites it, every wait stops.</summary>
    [Theory]
    [InlineData(Architecture.X64, "epoll_pwait", 3, false)]
    [InlineData(Architecture.X64, "rt_sigtimedwait", 2, false)]
    [InlineData(Architecture.X64, "semop", -1, false)]
    [InlineData(Architecture.Arm64, "epoll_pwait", 3, true)]
    [InlineData(Architecture.Arm64, "rt_sigtimedwait", 2, true)]
    [InlineData(Architecture.Arm64, "semop", -1, true)]
    public void WaitWithoutEnd_StopsWhereItsArgumentWouldBeLost(Architecture architecture, string name, int limit,
        bool stops)
    {
        var traps = new TrapTable(new TracePlan(), SyscallAbi.Of(architecture));
        SyscallAbi abi = traps.Abis[0];
        int number = abi.NumberOf(Array.Find(SyscallTable.Rows, row => row.Name == name));
        ulong forEver = name == "epoll_pwait" ? uint.MaxValue : 0;
        seccomp_data wait = limit < 0 ? Call(abi.Audit, number) : Call(abi.Audit, number, (limit, forEver));
        Assert.True(SyscallEntry.TryCreate([.. traps.Abis], wait, out SyscallEntry call));
        Assert.Equal(stops ? TrapAction.Notify : TrapAction.Let, traps.Decide(call));
    }

    /// <summary>Every number, with arguments around every constant of its condition.</summary>
    private static IEnumerable<seccomp_data> Calls(TrapTable traps)
    {
        foreach (SyscallAbi abi in traps.Abis.ToArray())
        {
            foreach (int number in Numbers(abi))
            {
                yield return Call(abi.Audit, number);
                Trap? trap = traps.Of(abi, number);
                if (trap is { LetsStubPass: true })
                {
                    yield return Call(abi.Audit, number, (PassPosition, Pass), (PassPosition + 1, Pass >> 32));
                    yield return Call(abi.Audit, number, (PassPosition, Pass), (PassPosition + 1, (Pass >> 32) + 1));
                    yield return Call(abi.Audit, number, (PassPosition, Pass + 1), (PassPosition + 1, Pass >> 32));
                }

                foreach (TrapTest test in trap?.Tests ?? [])
                {
                    foreach (ulong argument in Around(test.Value))
                    {
                        yield return Call(abi.Audit, number, (test.Argument, argument));
                    }
                }
            }
        }

        // Of none of the ABIs.
        yield return Call(0, 0);
    }

    private static IEnumerable<int> Numbers(SyscallAbi abi)
    {
        int last = (int)Math.Max(abi.FirstUnknown, abi.HasX32 ? SyscallAbi.LastOfX32 + 1 : 0) + 2;
        IEnumerable<int> numbers = [.. Enumerable.Range(0, last), SyscallAbi.X32Bit - 1, int.MaxValue,
            int.MinValue, -1];
        return abi.HasX32
            ? numbers.Concat(Enumerable.Range(0, last).Select(number => number | SyscallAbi.X32Bit))
            : numbers;
    }

    private static IEnumerable<ulong> Around(uint constant)
    {
        IEnumerable<uint> low = [0, 1, constant - 1, constant, constant + 1, ~constant, uint.MaxValue,
            .. Enumerable.Range(0, 32).Select(bit => 1u << bit)];
        foreach (uint value in low.Distinct())
        {
            yield return value;
            yield return value | 1ul << 32;
            yield return value | 0xffff_fffful << 32;
        }

        yield return (ulong)constant << 32;
        yield return (ulong)constant << 32 | uint.MaxValue;
        yield return (ulong)(constant + 1) << 32;
    }

    private static uint Expected(TrapTable traps, SyscallAbi[] abis, in seccomp_data data, bool notifies)
    {
        uint audit = data.arch;
        TrapAction action = SyscallEntry.TryCreate(abis, data, out SyscallEntry call) ? traps.Decide(call)
            : Array.Exists(abis, abi => abi.Audit == audit) ? TrapAction.Let
            : TrapAction.Stop;
        bool isStubs = action != TrapAction.Let
            && call.Abi is not null
            && traps.Of(call.Abi, call.Number) is { LetsStubPass: true }
            && (uint)call.Raw(PassPosition) == unchecked((uint)Pass)
            && (uint)call.Raw(PassPosition + 1) == (uint)(Pass >> 32);
        return action switch
        {
            _ when isStubs => SECCOMP_RET_ALLOW,
            TrapAction.Let => SECCOMP_RET_ALLOW,
            TrapAction.Notify when notifies => SECCOMP_RET_USER_NOTIF,
            _ => SECCOMP_RET_TRACE | FilterBuilder.Mark,
        };
    }

    private static seccomp_data Call(uint audit, int number, params ReadOnlySpan<(int Position, ulong Value)> arguments)
    {
        var data = new seccomp_data { arch = audit, nr = number };
        foreach ((int position, ulong value) in arguments)
        {
            MemoryMarshal.Cast<seccomp_data, ulong>(new Span<seccomp_data>(ref data))[FirstArgument + position] = value;
        }

        return data;
    }

    private static string Describe(seccomp_data call) =>
        $"call {call.nr & ~SyscallAbi.X32Bit} of {call.arch:x} with "
        + string.Join(' ',
            MemoryMarshal.Cast<seccomp_data, ulong>(new Span<seccomp_data>(ref call))[FirstArgument..].ToArray()
                .Select(argument => $"{argument:x}"));
}

using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.bpf;
using static Fptrace.Linux.Headers.seccomp;

namespace Fptrace.Tracing.Tracees;

/// <summary>What a filter of the command's own answers, instruction by instruction: seccomp_check_filter of the
/// kernel's seccomp.c has the list.</summary>
public sealed class FilterProgramTests
{
    [Theory]
    [InlineData(BPF_ADD, 7, 5, 12)]
    [InlineData(BPF_SUB, 5, 7, uint.MaxValue - 1)]
    [InlineData(BPF_MUL, 0x10001, 0x10001, 0x20001)]
    [InlineData(BPF_DIV, 17, 5, 3)]
    [InlineData(BPF_OR, 12, 10, 14)]
    [InlineData(BPF_AND, 12, 10, 8)]
    [InlineData(BPF_XOR, 12, 10, 6)]
    [InlineData(BPF_LSH, 1, 31, 0x80000000)]
    [InlineData(BPF_RSH, 0x80000000, 31, 1)]
    [InlineData(BPF_NEG, 1, 0, uint.MaxValue)]
    public void Operation_WithAConstantAndWithX_GivesItsResult(ushort operation, uint a, uint operand, uint result)
    {
        Assert.Equal(result, Run(I(BPF_LD | BPF_IMM, a), I(BPF_ALU | operation | BPF_K, operand), I(BPF_RET | BPF_A)));
        Assert.Equal(result,
            Run(I(BPF_LD | BPF_IMM, a), I(BPF_LDX | BPF_IMM, operand), I(BPF_ALU | operation | BPF_X),
            I(BPF_RET | BPF_A)));
    }

    [Theory]
    [InlineData(BPF_JEQ, 5, 5, true)]
    [InlineData(BPF_JEQ, 5, 6, false)]
    [InlineData(BPF_JGT, 0x80000000, 1, true)]
    [InlineData(BPF_JGT, 5, 5, false)]
    [InlineData(BPF_JGE, 5, 5, true)]
    [InlineData(BPF_JGE, 4, 5, false)]
    [InlineData(BPF_JSET, 6, 2, true)]
    [InlineData(BPF_JSET, 6, 1, false)]
    public void Jump_WithAConstantAndWithX_GoesItsWay(ushort jump, uint a, uint operand, bool isTaken)
    {
        Assert.Equal(
            isTaken ? 1u : 2u,
            Run(I(BPF_LD | BPF_IMM, a), new((ushort)(BPF_JMP | jump | BPF_K), 1, 0, operand), I(BPF_RET | BPF_K, 2),
                I(BPF_RET | BPF_K, 1)));
        Assert.Equal(
            isTaken ? 1u : 2u,
            Run(
                I(BPF_LD | BPF_IMM, a),
                I(BPF_LDX | BPF_IMM, operand),
                new((ushort)(BPF_JMP | jump | BPF_X), 1, 0, 0),
                I(BPF_RET | BPF_K, 2),
                I(BPF_RET | BPF_K, 1)));
    }

    [Fact]
    public void Moves_BetweenRegistersAndMemory_KeepTheValue()
    {
        Assert.Equal(9u,
            Run(I(BPF_LD | BPF_IMM, 9), I(BPF_ST, 15), I(BPF_LD | BPF_IMM), I(BPF_LD | BPF_MEM, 15),
            I(BPF_RET | BPF_A)));
        Assert.Equal(9u, Run(I(BPF_LDX | BPF_IMM, 9), I(BPF_STX, 0), I(BPF_LD | BPF_MEM), I(BPF_RET | BPF_A)));
        Assert.Equal(9u,
            Run(I(BPF_LD | BPF_IMM, 9), I(BPF_MISC), I(BPF_LD | BPF_IMM), I(BPF_MISC | BPF_TXA), I(BPF_RET | BPF_A)));
        Assert.Equal(64u, Run(I(BPF_LD | BPF_LEN), I(BPF_RET | BPF_A)));
        Assert.Equal(7u, Run(I(BPF_JMP | BPF_JA, 1), I(BPF_RET | BPF_K, 1), I(BPF_RET | BPF_K, 7)));
    }

    /// <summary>0 is SECCOMP_RET_KILL_THREAD.</summary>
    [Fact]
    public void Division_ByZeroInX_Ends() =>
        Assert.Equal(0u,
            Run(I(BPF_LD | BPF_IMM, 1), I(BPF_ALU | BPF_DIV | BPF_X), I(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)));

    [Fact]
    public void Call_IsSeenAsStructSeccompData()
    {
        Assert.Equal(257u, Run(I(BPF_LD | BPF_ABS), I(BPF_RET | BPF_A)));
        Assert.Equal(AUDIT_ARCH_X86_64, Run(I(BPF_LD | BPF_ABS, 4), I(BPF_RET | BPF_A)));
        Assert.Equal(0x11223344u, Run(I(BPF_LD | BPF_ABS, 8), I(BPF_RET | BPF_A)));
    }

    /// <summary>Only those are asked at each call.</summary>
    [Fact]
    public void MayTrace_WithoutSuchAnAnswer_IsFalse()
    {
        Assert.False(new FilterProgram([I(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)]).MayTrace);
        Assert.True(
            new FilterProgram(
                [I(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), I(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 1)]).MayTrace);
        Assert.True(new FilterProgram([I(BPF_RET | BPF_A)]).MayTrace);
    }

    [Fact]
    public void Chain_WithAnOlderProgramThatLeavesTheCallToATracer_DoesSo()
    {
        var older = new FilterChain(new FilterProgram([I(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 5)]), null);
        Assert.True(new FilterChain(new FilterProgram([I(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)]), older).Trace(default));
        Assert.False(new FilterChain(new FilterProgram([I(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)]), null).Trace(default));
    }

    private static sock_filter I(int code, uint k = 0) => new((ushort)code, 0, 0, k);

    private static uint Run(params sock_filter[] program) =>
        new FilterProgram(program)
            .Run(new seccomp_data { nr = 257, arch = AUDIT_ARCH_X86_64, instruction_pointer = 0x55667788_11223344 });
}

using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using static Fptrace.Linux.Headers.bpf;

namespace Fptrace.Tracing.Tracees;

/// <summary>A seccomp filter of the command that the kernel has accepted, and an interpreter for it.</summary>
/// <remarks>
/// It interprets the instructions of classic BPF that seccomp_check_filter (kernel/seccomp.c) accepts, on little-endian
/// machines only.
/// </remarks>
internal sealed class FilterProgram(sock_filter[] program)
{
    private const ushort Class = 0x07;
    private const ushort Mode = 0xe0;
    private const ushort Operation = 0xf0;
    private const ushort Value = 0x18;

    /// <summary>Whether the filter can answer SECCOMP_RET_TRACE at all.</summary>
    public bool MayTrace =>
        Array.Exists(program, i => (i.code & Class) == BPF_RET && ((i.code & Value) != BPF_K || IsTrace(i.k)));

    public static bool IsTrace(uint answer) => (answer & seccomp.SECCOMP_RET_ACTION_FULL) == seccomp.SECCOMP_RET_TRACE;

    /// <summary>Runs the filter on a call.</summary>
    /// <returns>What it answers: a SECCOMP_RET_ value.</returns>
    public uint Run(in seccomp_data data)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<seccomp_data, uint>(new ReadOnlySpan<seccomp_data>(in data));
        Span<uint> memory = stackalloc uint[BPF_MEMWORDS];
        memory.Clear();
        uint a = 0;
        uint x = 0;
        for (int at = 0; at < program.Length; at++)
        {
            sock_filter i = program[at];
            uint operand = (i.code & BPF_X) != 0 ? x : i.k;
            switch (i.code & Class)
            {
                case BPF_LD:
                    a = Load(i, words, memory);
                    break;
                case BPF_LDX:
                    x = Load(i, words, memory);
                    break;
                case BPF_ST:
                    memory[(int)i.k] = a;
                    break;
                case BPF_STX:
                    memory[(int)i.k] = x;
                    break;
                case BPF_ALU when (i.code & Operation) == BPF_DIV && operand == 0:
                    return 0;
                case BPF_ALU:
                    a = Calculate(i.code & Operation, a, operand);
                    break;
                case BPF_JMP:
                    at += (i.code & Operation) switch
                    {
                        BPF_JA => (int)i.k,
                        BPF_JEQ => a == operand ? i.jt : i.jf,
                        BPF_JGT => a > operand ? i.jt : i.jf,
                        BPF_JGE => a >= operand ? i.jt : i.jf,
                        _ => (a & operand) != 0 ? i.jt : i.jf,
                    };
                    break;
                case BPF_RET:
                    return (i.code & Value) switch
                    {
                        BPF_A => a,
                        BPF_X => x,
                        _ => i.k,
                    };
                default:
                    (a, x) = (i.code & Operation) == BPF_TXA ? (x, x) : (a, a);
                    break;
            }
        }

        return seccomp.SECCOMP_RET_ALLOW;
    }

    private static uint Load(sock_filter i, ReadOnlySpan<uint> words, ReadOnlySpan<uint> memory) =>
        (i.code & Mode) switch
    {
        BPF_ABS => words[(int)i.k / sizeof(uint)],
        BPF_MEM => memory[(int)i.k],
        BPF_LEN => (uint)words.Length * sizeof(uint),
        _ => i.k,
    };

    private static uint Calculate(int operation, uint a, uint operand) => operation switch
    {
        BPF_ADD => a + operand,
        BPF_SUB => a - operand,
        BPF_MUL => a * operand,
        BPF_DIV => a / operand,
        BPF_OR => a | operand,
        BPF_AND => a & operand,
        BPF_XOR => a ^ operand,
        BPF_LSH => a << (int)operand,
        BPF_RSH => a >> (int)operand,
        BPF_NEG => 0 - a,
        _ => a,
    };
}

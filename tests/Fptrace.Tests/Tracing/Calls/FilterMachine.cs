using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fptrace.Interop;
using static Fptrace.Interop.bpf;

namespace Fptrace.Tracing.Calls;

/// <summary>Runs classic BPF as the kernel does for seccomp, with the few instructions that our filters have.</summary>
internal sealed class FilterMachine(sock_filter[] program)
{
    /// <summary>How often each instruction was run.</summary>
    public int[] Runs { get; } = new int[program.Length];

    /// <returns>What the kernel does: SECCOMP_RET_ values.</returns>
    public uint Run(in seccomp_data data)
    {
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            sock_filter i = program[at];
            Runs[at]++;
            switch (i.code)
            {
                case BPF_LD | BPF_W | BPF_ABS:
                    accumulator = Load(data, i.k);
                    break;
                case BPF_ALU | BPF_AND | BPF_K:
                    accumulator &= i.k;
                    break;
                case BPF_JMP | BPF_JA:
                    at += (int)i.k;
                    break;
                case BPF_JMP | BPF_JEQ | BPF_K:
                    at += accumulator == i.k ? i.jt : i.jf;
                    break;
                case BPF_JMP | BPF_JGT | BPF_K:
                    at += accumulator > i.k ? i.jt : i.jf;
                    break;
                case BPF_JMP | BPF_JGE | BPF_K:
                    at += accumulator >= i.k ? i.jt : i.jf;
                    break;
                case BPF_JMP | BPF_JSET | BPF_K:
                    at += (accumulator & i.k) != 0 ? i.jt : i.jf;
                    break;
                case BPF_RET | BPF_K:
                    return i.k;
                default:
                    throw new InvalidOperationException($"instruction {at}: code {i.code:x}");
            }
        }
    }

    /// <summary>A word of <c>struct seccomp_data</c>.</summary>
    private static uint Load(in seccomp_data data, uint offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<seccomp_data>(in data))[(int)offset..]);
}

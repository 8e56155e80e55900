namespace Fptrace.Linux.Headers;

/// <summary>linux/bpf_common.h: the classic BPF instructions that seccomp takes.</summary>
internal static class bpf
{
    public const ushort BPF_LD = 0x00;
    public const ushort BPF_LDX = 0x01;
    public const ushort BPF_ST = 0x02;
    public const ushort BPF_STX = 0x03;
    public const ushort BPF_ALU = 0x04;
    public const ushort BPF_JMP = 0x05;
    public const ushort BPF_RET = 0x06;
    public const ushort BPF_MISC = 0x07;
    public const ushort BPF_W = 0x00;
    public const ushort BPF_IMM = 0x00;
    public const ushort BPF_ABS = 0x20;
    public const ushort BPF_MEM = 0x60;
    public const ushort BPF_LEN = 0x80;
    public const ushort BPF_K = 0x00;
    public const ushort BPF_X = 0x08;
    public const ushort BPF_A = 0x10;
    public const ushort BPF_ADD = 0x00;
    public const ushort BPF_SUB = 0x10;
    public const ushort BPF_MUL = 0x20;
    public const ushort BPF_DIV = 0x30;
    public const ushort BPF_OR = 0x40;
    public const ushort BPF_AND = 0x50;
    public const ushort BPF_LSH = 0x60;
    public const ushort BPF_RSH = 0x70;
    public const ushort BPF_NEG = 0x80;
    public const ushort BPF_XOR = 0xa0;
    public const ushort BPF_JA = 0x00;
    public const ushort BPF_JEQ = 0x10;
    public const ushort BPF_JGT = 0x20;
    public const ushort BPF_JGE = 0x30;
    public const ushort BPF_JSET = 0x40;
    public const ushort BPF_TXA = 0x80;

    /// <summary>Words of scratch memory.</summary>
    public const int BPF_MEMWORDS = 16;

    /// <summary>The longest program.</summary>
    public const int BPF_MAXINSNS = 4096;
}

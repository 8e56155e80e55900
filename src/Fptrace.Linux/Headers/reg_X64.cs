namespace Fptrace.Linux.Headers;

/// <summary>sys/reg.h of x86-64: which word of struct user_regs_struct is which register.</summary>
internal static class reg_X64
{
    public const int RBP = 4;
    public const int RBX = 5;
    public const int R10 = 7;
    public const int R9 = 8;
    public const int R8 = 9;
    public const int RAX = 10;
    public const int RCX = 11;
    public const int RDX = 12;
    public const int RSI = 13;
    public const int RDI = 14;
    public const int ORIG_RAX = 15;
    public const int RIP = 16;
    public const int RSP = 19;
}

namespace Fptrace.Linux.Headers;

/// <summary>The flags of open whose numbers differ per architecture (asm/fcntl.h).</summary>
/// <param name="O_DIRECTORY">Nothing but a directory.</param>
/// <param name="O_NOFOLLOW">Not what a final link leads to.</param>
/// <param name="O_DIRECT">Past the page cache.</param>
/// <param name="O_LARGEFILE">Of programs of 32 bits: without it, open(2) fails with EOVERFLOW for a file above
/// 2 GiB.</param>
internal sealed record OpenFlags(int O_DIRECTORY, int O_NOFOLLOW, int O_DIRECT, int O_LARGEFILE)
{
    public static OpenFlags OfX86 { get; } = new(asm.O_DIRECTORY.X64, asm.O_NOFOLLOW.X64, asm.O_DIRECT.X64, 0x8000);

    public static OpenFlags OfArm { get; } =
        new(asm.O_DIRECTORY.Arm64, asm.O_NOFOLLOW.Arm64, asm.O_DIRECT.Arm64, 0x20000);

    public static OpenFlags OfThisMachine { get; } = PerMachine.IsX64 ? OfX86 : OfArm;

    public int O_TMPFILE => 0x400000 | O_DIRECTORY;
}

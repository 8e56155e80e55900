using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>The flags of open whose numbers differ per architecture (asm/fcntl.h).</summary>
internal sealed record OpenFlags(int O_DIRECTORY, int O_NOFOLLOW, int O_DIRECT)
{
    public static OpenFlags OfThisMachine { get; } = Of(RuntimeInformation.ProcessArchitecture);

    public int O_TMPFILE => 0x400000 | O_DIRECTORY;

    public static OpenFlags Of(Architecture architecture) =>
        architecture == Architecture.Arm64 ? new(0x4000, 0x8000, 0x10000) : new(0x10000, 0x20000, 0x4000);
}

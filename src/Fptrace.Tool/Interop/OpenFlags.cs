using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>The flags of open whose numbers differ per architecture, as this machine has them (asm/fcntl.h).</summary>
internal static class OpenFlags
{
    private static readonly bool s_isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static int O_DIRECTORY { get; } = s_isArm ? 0x4000 : 0x10000;

    public static int O_NOFOLLOW { get; } = s_isArm ? 0x8000 : 0x20000;
}

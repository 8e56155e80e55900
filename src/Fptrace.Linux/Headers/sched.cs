namespace Fptrace.Linux.Headers;

/// <summary>linux/sched.h: flags of clone.</summary>
internal static class sched
{
    public const uint CLONE_UNTRACED = 0x00800000;
    public const uint CLONE_NEWNS = 0x00020000;
    public const uint CLONE_NEWUSER = 0x10000000;
}

namespace Fptrace.Linux.Headers;

/// <summary>Requests of ioctl(2).</summary>
internal static class ioctl
{
    // linux/fs.h: they change a file's attributes.
    public const uint FS_IOC_SETFLAGS = 0x40086602;
    public const uint FS_IOC32_SETFLAGS = 0x40046602;
    public const uint FS_IOC_FSSETXATTR = 0x401c5820;

    // asm-generic/ioctls.h: of terminals. glibc asks with the first of them whether something is one, musl with
    // TIOCGWINSZ.
    public const uint TCGETS = 0x5401;
    public const uint TCSETS = 0x5402;
    public const uint TCSETSW = 0x5403;
    public const uint TCSETSF = 0x5404;
    public const uint TCGETA = 0x5405;
    public const uint TIOCGPGRP = 0x540f;
    public const uint TIOCSTI = 0x5412;
    public const uint TIOCGWINSZ = 0x5413;
    public const uint TIOCGETD = 0x5424;
    public const uint TIOCGSID = 0x5429;
    public const uint TCGETS2 = 0x802c542a;
    public const uint TCSETS2 = 0x402c542b;
    public const uint TCSETSW2 = 0x402c542c;
    public const uint TCSETSF2 = 0x402c542d;
}

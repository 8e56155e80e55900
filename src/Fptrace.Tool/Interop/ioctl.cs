namespace Fptrace.Interop;

/// <summary>linux/fs.h: requests of ioctl(2) that change a file's attributes.</summary>
internal static class ioctl
{
    public const uint FS_IOC_SETFLAGS = 0x40086602;
    public const uint FS_IOC32_SETFLAGS = 0x40046602;
    public const uint FS_IOC_FSSETXATTR = 0x401c5820;
}

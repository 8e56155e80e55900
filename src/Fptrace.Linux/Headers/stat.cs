namespace Fptrace.Linux.Headers;

/// <summary>sys/stat.h: the bits of a mode.</summary>
internal static class stat
{
    public const int S_IFMT = 0xf000;
    public const int S_IFREG = 0x8000;
    public const int S_IFCHR = 0x2000;
    public const int S_ISVTX = 0x200;
}

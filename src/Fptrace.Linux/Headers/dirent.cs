namespace Fptrace.Linux.Headers;

/// <summary>dirent.h: what an entry of a directory is.</summary>
internal static class dirent
{
    public const byte DT_UNKNOWN = 0;
    public const byte DT_DIR = 4;
}

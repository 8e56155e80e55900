namespace Fptrace.Linux.Imports;

/// <summary>linux/kcmp.h.</summary>
internal static partial class libc
{
    public const int KCMP_FILE = 0;
    public const int KCMP_VM = 1;
    public const int KCMP_FILES = 2;
    public const int KCMP_FS = 3;
}

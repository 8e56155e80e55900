using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>signal.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc")]
    public static partial nint signal(int signal, nint handler);
}

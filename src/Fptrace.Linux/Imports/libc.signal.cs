using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Imports;

/// <summary>signal.h.</summary>
internal static partial class libc
{
    [LibraryImport("libc")]
    public static partial nint signal(int signal, nint handler);
}

using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Imports;

/// <summary>pwd.h.</summary>
internal static partial class libc
{
    /// <returns>0, or an errno value.</returns>
    [LibraryImport("libc")]
    public static partial int getpwuid_r(uint user, ref passwd entry, nint buffer, nint size, out nint result);
}

using System.Runtime.InteropServices;

namespace Fptrace.Linux.Imports;

/// <summary>poll.h. The import that the package has does not keep errno.</summary>
internal static partial class libc
{
    /// <param name="descriptors">Address of the first struct pollfd.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="milliseconds">How long to wait; −1: for ever.</param>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(nint descriptors, nuint count, int milliseconds);
}

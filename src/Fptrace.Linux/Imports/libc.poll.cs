using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Fptrace.Linux.Imports;

/// <summary>poll.h. Tmds.LibC forgets the errno of its own import.</summary>
internal static unsafe partial class libc
{
    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(pollfd* descriptors, nuint count, int milliseconds);
}

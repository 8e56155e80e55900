using System.Runtime.InteropServices;

namespace Fptrace.Linux.Posix;

/// <summary>struct timespec of 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PosixTime(long Seconds, long Nanoseconds);

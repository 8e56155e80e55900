using Fptrace.Model;

namespace Fptrace.Tracing.Names;

/// <summary>What was found out of a file that the kernel has run.</summary>
/// <param name="Stamp">Of the file. What is said here holds while a look shows the same.</param>
/// <param name="File">What it is.</param>
/// <param name="Name">What /proc/PID/exe led to when it ran; empty for a script.</param>
internal sealed record KnownProgram(FileStamp Stamp, ProgramFile File, ByteString Name);

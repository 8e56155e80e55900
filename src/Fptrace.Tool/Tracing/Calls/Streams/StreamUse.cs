using Fptrace.Model;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>A read or write of a standard stream.</summary>
/// <param name="Fd">0 to 2.</param>
/// <param name="Writes">Otherwise it reads.</param>
/// <param name="Version">Of all names, as renames change it.</param>
/// <param name="Link">What /proc/PID/fd/N leads to.</param>
/// <param name="Name">Of the file; empty where nothing is to be recorded.</param>
/// <param name="Stamp">Of the file.</param>
internal sealed record StreamUse(int Fd, bool Writes, int? Version, ByteString Link, ByteString Name, FileStamp Stamp);

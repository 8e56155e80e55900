using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>A read or write of a standard stream.</summary>
/// <param name="Fd">The descriptor: 0 to 2.</param>
/// <param name="Direction">Whether it is a read or a write.</param>
/// <param name="Version">The <c>Renames.Version</c> from before the lookup.</param>
/// <param name="Link">The target of /proc/PID/fd/N.</param>
/// <param name="Name">The file's name; empty where nothing is to be recorded.</param>
/// <param name="Stamp">The file's stamp.</param>
internal sealed record StreamUse(
    int Fd, Direction Direction, int? Version, ByteString Link, ByteString Name, FileStamp Stamp);

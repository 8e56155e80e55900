using Fptrace.Model;

namespace Fptrace.Tracing.Recording;

/// <summary>What execve was asked for, read at its entry: afterwards the memory is gone.</summary>
/// <param name="Directory">Working directory.</param>
/// <param name="Path">Absolute.</param>
/// <param name="Arguments">argv.</param>
/// <param name="Environment">envp, if it is recorded.</param>
internal sealed record PendingExec(ByteString Directory, ByteString Path, IReadOnlyList<ByteString> Arguments, IReadOnlyList<ByteString>? Environment);

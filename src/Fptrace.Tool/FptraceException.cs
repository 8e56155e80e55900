namespace Fptrace;

/// <summary>A failure that the user can act on: one line with the thing and its remedy, and the exit code.</summary>
internal sealed class FptraceException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

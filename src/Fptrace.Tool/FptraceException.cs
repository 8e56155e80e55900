namespace Fptrace;

/// <summary>A failure that the user can act on: one line with the thing and its remedy, and the exit code.</summary>
internal sealed class FptraceException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The signal that ended the command before it began, as Ctrl-C does: no failure of ours. 0: none
    /// did.</summary>
    public int EndedBy { get; private init; }

    /// <param name="signal">Ended the command before it began.</param>
    public static FptraceException Ended(int signal) =>
        new(128 + signal, $"signal {signal} ended the command before it began") { EndedBy = signal };
}

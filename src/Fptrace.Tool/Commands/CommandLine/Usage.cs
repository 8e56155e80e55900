namespace Fptrace.Commands.CommandLine;

/// <summary>Errors of the command line: all exit with <see cref="ExitCodes.Usage"/>.</summary>
internal static class Usage
{
    public static FptraceException Error(string message) => new(ExitCodes.Usage, message);
}

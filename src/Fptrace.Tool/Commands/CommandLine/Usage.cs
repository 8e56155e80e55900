namespace Fptrace.Commands.CommandLine;

/// <summary>Makes errors of the command line, which all exit with <see cref="ExitCodes.Usage"/>.</summary>
internal static class Usage
{
    public static FptraceException Error(string message) => new(ExitCodes.Usage, message);
}

namespace Fptrace.Commands;

/// <summary>What the first word asks for. Without a verb the command after the options is traced.</summary>
/// <remarks>A command that is called like a verb is traced with <c>--</c> or an option before it: <c>fptrace -- run</c>.</remarks>
internal static class Verbs
{
    /// <returns>The exit code.</returns>
    /// <exception cref="FptraceException">Something the user can act on.</exception>
    public static int Run(string[] args, TextWriter output, TextWriter err) => args switch
    {
        ["run", ..] => RunCommand.Run(args[1..], output, err),
        ["cache", ..] => CacheCommand.Run(args[1..], output),
        ["forget", ..] => ForgetCommand.Run(args[1..], output),
        ["check" or "explain", ..] => CheckCommand.Run(args[0], args[1..], output),
        _ => CommandLine.Parse(args, output, err) is { } options ? TraceCommand.Run(options, err) : 0,
    };
}

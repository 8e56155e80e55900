using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Trace;

/// <summary>Runs a command untraced: this process becomes the command.</summary>
internal static class UntracedCommand
{
    /// <param name="words">The words of the command.</param>
    /// <param name="environment">Its environment, entries NAME=VALUE.</param>
    /// <param name="err">stderr.</param>
    /// <returns>An exit code. The method returns only if the command cannot be executed.</returns>
    /// <exception cref="FptraceException">There is no such program.</exception>
    public static int Run(IReadOnlyList<string> words, byte[][] environment, TextWriter err)
    {
        byte[][] command = StartWords.LastArguments(words.Count);
        byte[] program = CommandPath.Find(command[0], environment);
        int result = CommandStart.Execute(program, command, environment, StartState.IgnoredSignals(),
            StartState.OpenFilesLimit());
        err.WriteLine($"fptrace: {words[0]}: cannot be executed (errno {-result})");
        return result == -errno.ENOENT ? ExitCodes.NotFound : ExitCodes.NotExecutable;
    }
}

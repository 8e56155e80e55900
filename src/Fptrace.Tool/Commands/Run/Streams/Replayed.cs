using System.Runtime.InteropServices;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Manifests;

namespace Fptrace.Commands.Run.Streams;

/// <summary>What a command printed once, printed in its place.</summary>
internal static class Replayed
{
    /// <summary>Whether it can be printed on the stdout and stderr of now: what got into one file cannot be taken
    /// apart.</summary>
    public static bool Fits(Manifest manifest)
    {
        foreach (OutputChunk chunk in manifest.Printed)
        {
            if (chunk.IsBoth)
            {
                return StandardFiles.AreOne();
            }
        }

        return true;
    }

    /// <returns>The exit code: that of the command, unless it could not have printed that.</returns>
    public static int Print(Manifest manifest, TextWriter err)
    {
        foreach (OutputChunk chunk in manifest.Printed)
        {
            int fd = chunk.IsError ? 2 : 1;
            bool isForTerminal = ((manifest.Step.Terminal?.Streams ?? default) & CommandTerminal.StreamOf(fd)) != 0;
            int result = Pipes.WriteAll(fd,
                (isForTerminal && !Terminals.IsOne(fd) ? EscapeCodes.Strip(chunk.Bytes) : chunk.Bytes).Span);
            if (result == -errno.EPIPE && (StartState.IgnoredSignals() >> (signal.SIGPIPE - 1) & 1) == 0)
            {
                // It would have been killed.
                return 128 + signal.SIGPIPE;
            }

            if (result < 0)
            {
                err.WriteLine("fptrace: " + Failure(fd, -result));
                return ExitCodes.Output;
            }
        }

        return manifest.ExitCode;
    }

    /// <summary>Says that something could not be written.</summary>
    public static string Failure(int fd, int error) =>
        $"cannot write to {HandedStream.NameOf(fd)}: {Marshal.GetPInvokeErrorMessage(error)}";
}

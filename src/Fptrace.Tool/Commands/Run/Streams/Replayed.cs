using System.Runtime.InteropServices;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Manifests;

namespace Fptrace.Commands.Run.Streams;

/// <summary>Prints what an earlier run of the command has printed, instead of running it.</summary>
internal static class Replayed
{
    /// <summary>Whether the text fits the stdout and stderr of now.</summary>
    /// <remarks>If both were one file, nobody knows which text belongs to which.</remarks>
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

    /// <returns>The exit code of the command, or the one that it would have had if it could not print.</returns>
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
                // SIGPIPE would have killed the command.
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

    /// <summary>Words an error of writing to a stream.</summary>
    public static string Failure(int fd, int error) =>
        $"cannot write to {HandedStream.NameOf(fd)}: {Marshal.GetPInvokeErrorMessage(error)}";
}

using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Launch;

/// <summary>Turns this process into the command, with signals and limits as the tool found them.</summary>
internal static class CommandStart
{
    /// <param name="program">A path.</param>
    /// <param name="command">argv.</param>
    /// <param name="environment">Entries NAME=VALUE.</param>
    /// <param name="ignoredSignals">The signals that the command ignores, as bits 1 &lt;&lt; (number − 1).</param>
    /// <param name="openFilesLimit">The soft limit of open files; 0 leaves it as it is.</param>
    /// <returns>−errno. It returns only when it fails.</returns>
    public static int Execute(byte[] program, byte[][] command, byte[][] environment, ulong ignoredSignals,
        ulong openFilesLimit)
    {
        RestoreSignals(ignoredSignals);
        OwnProcess.SetOpenFilesLimit(openFilesLimit);
        int result = Programs.Execute(program, command, environment);
        if (result == -errno.ENOEXEC)
        {
            // A file of unknown format is a shell script, as with execvp(3).
            result = Programs.Execute("/bin/sh"u8.ToArray(), ["/bin/sh"u8.ToArray(), program, .. command[1..]],
                environment);
        }

        return result;
    }

    // execve resets handlers, but keeps ignored signals ignored. The runtime has changed these, so they are set back.
    private static void RestoreSignals(ulong ignored)
    {
        ulong now = OwnStatus.Now().IgnoredSignals;
        for (int number = 1; number <= 64; number++)
        {
            if ((ignored >> (number - 1) & 1) != 0)
            {
                Disposition.Ignore(number);
            }
            else if ((now >> (number - 1) & 1) != 0)
            {
                Disposition.Reset(number);
            }
        }
    }
}

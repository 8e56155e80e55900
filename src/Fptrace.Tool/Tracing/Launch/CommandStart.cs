using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Launch;

/// <summary>This process becomes the command, and the command finds what the tool was started with.</summary>
internal static class CommandStart
{
    /// <param name="program">A path.</param>
    /// <param name="command">argv.</param>
    /// <param name="environment">Entries NAME=VALUE.</param>
    /// <param name="ignoredSignals">Bits of what the command ignores: 1 &lt;&lt; (number − 1).</param>
    /// <param name="openFilesLimit">The soft limit; 0 leaves it.</param>
    /// <returns>−errno: it only returns when it fails.</returns>
    public static int Execute(byte[] program, byte[][] command, byte[][] environment, ulong ignoredSignals, ulong openFilesLimit)
    {
        RestoreSignals(ignoredSignals);
        OwnProcess.SetOpenFilesLimit(openFilesLimit);
        int result = Programs.Execute(program, command, environment);
        if (result == -errno.ENOEXEC)
        {
            // As execvp(3): a file without a known format is a shell script.
            result = Programs.Execute("/bin/sh"u8.ToArray(), ["/bin/sh"u8.ToArray(), program, .. command[1..]], environment);
        }

        return result;
    }

    // execve resets handlers by itself and keeps what is ignored: that must be what the tool was started with.
    private static void RestoreSignals(ulong ignored)
    {
        ulong now = OwnStatus.Now().IgnoredSignals;
        for (int number = 1; number <= 64; number++)
        {
            bool ignores = (ignored >> (number - 1) & 1) != 0;
            if (ignores || (now >> (number - 1) & 1) != 0)
            {
                Disposition.Set(number, ignores);
            }
        }
    }
}

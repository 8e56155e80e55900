using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Launch;

/// <summary>Finds the program of a command as a shell does.</summary>
internal static class CommandPath
{
    /// <param name="command">argv[0].</param>
    /// <param name="environment">Entries NAME=VALUE.</param>
    /// <returns>A path for execve.</returns>
    /// <exception cref="FptraceException">There is no such program, or it cannot be executed.</exception>
    public static byte[] Find(byte[] command, byte[][] environment)
    {
        if (command.AsSpan().Contains((byte)'/'))
        {
            Check(command, command);
            return command;
        }

        byte[]? denied = null;
        foreach (byte[] directory in Directories(environment))
        {
            byte[] candidate = directory.Length == 0 ? command : [.. directory, (byte)'/', .. command];
            int result = command.Length == 0 ? -errno.ENOENT : Examine(candidate);
            if (result == 0)
            {
                // execve would accept a bare name. But a reader of the trace would not know that it is a path.
                return directory.Length == 0 ? [.. "./"u8, .. command] : candidate;
            }

            denied ??= result == -errno.EACCES ? candidate : null;
        }

        throw denied is null
            ? NotFound(command)
            : NotExecutable(command, Encoding.UTF8.GetString(denied) + " is not executable");
    }

    /// <summary>The paths that <see cref="Find"/> looks at, the program's own path last.</summary>
    /// <remarks>The command depends on all of them: a program put at an earlier one would run instead.</remarks>
    public static IEnumerable<byte[]> Passed(byte[] command, byte[][] environment)
    {
        if (command.AsSpan().Contains((byte)'/'))
        {
            yield return command;
            yield break;
        }

        foreach (byte[] directory in Directories(environment))
        {
            byte[] candidate = directory.Length == 0 ? command : [.. directory, (byte)'/', .. command];
            yield return candidate;
            if (Examine(candidate) == 0)
            {
                yield break;
            }
        }
    }

    public static FptraceException NotFound(byte[] command) =>
        new(ExitCodes.NotFound, $"{Encoding.UTF8.GetString(command)}: command not found");

    public static FptraceException NotExecutable(byte[] command, string cause) =>
        new(ExitCodes.NotExecutable, $"{Encoding.UTF8.GetString(command)}: cannot be executed: {cause}");

    private static void Check(byte[] path, byte[] command)
    {
        int result = Examine(path);
        if (result == -errno.EACCES)
        {
            throw NotExecutable(command, "permission denied");
        }

        if (result < 0)
        {
            throw NotFound(command);
        }
    }

    // Returns 0 or −errno. Anything but a regular file gives EACCES, as with execve(2).
    private static int Examine(byte[] path)
    {
        byte[] name = [.. path, 0];
        int result = FileStamps.Of(name, FinalLink.Follow, out Model.FileStamp stamp);
        return result < 0 ? result
            : stamp.Type != Model.FileType.Regular ? -errno.EACCES
            : FileRights.Access(fcntl.AT_FDCWD, name, fcntl.X_OK);
    }

    private static IEnumerable<byte[]> Directories(byte[][] environment)
    {
        byte[] path = environment.FirstOrDefault(entry => entry.AsSpan().StartsWith("PATH="u8))
            ?? "PATH=/bin:/usr/bin"u8.ToArray();
        int start = "PATH=".Length;
        for (int i = start; i <= path.Length; i++)
        {
            if (i == path.Length || path[i] == ':')
            {
                yield return path[start..i];
                start = i + 1;
            }
        }
    }
}

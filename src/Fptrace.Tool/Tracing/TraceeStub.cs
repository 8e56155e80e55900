using System.Buffers.Binary;
using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>The tool, started again, on its way to become the command: managed code cannot fork.</summary>
/// <remarks>
/// Command line: <see cref="Argument"/>, number of its socket, path of the program, argv of the command. It waits until it is seized, puts the
/// filter over itself, undoes what the runtime changed, and calls execve.
/// </remarks>
internal static class TraceeStub
{
    /// <summary>First argument of the tool when it is the stub.</summary>
    public const string Argument = "--become-tracee";

    private const int ArgumentsBefore = 3;

    /// <param name="args">As Main has them.</param>
    /// <returns>Exit code when the command could not be started; the tool has been told why.</returns>
    public static int Run(string[] args)
    {
        byte[][] words = OwnProcess.LastArguments(args.Length);
        var socket = new MessageSocket(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
        _ = libc.fcntl(socket.Descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC);
        byte[] message = new byte[StubMessage.MostBytes];

        // "Ready". It also compiles the sending: after the filter is in place nothing new may be loaded before the answer is out.
        Answer(socket, 0);
        while (true)
        {
            int length = socket.Receive(message);
            if (length <= 0)
            {
                // The tool is gone.
                return ExitCodes.Internal;
            }

            if (message[0] == StubMessage.Go)
            {
                break;
            }

            Answer(socket, Confine(message.AsSpan(0, length)));
        }

        RestoreSignals(StubMessage.IgnoredSignals(message));
        OwnProcess.SetOpenFilesLimit(StubMessage.OpenFilesLimit(message));
        byte[][] environment = OwnProcess.Environment();
        int result = Programs.Execute(words[2], words[ArgumentsBefore..], environment);
        if (result == -errno.ENOEXEC)
        {
            // As execvp(3): a file without a known format is a shell script.
            result = Programs.Execute("/bin/sh"u8.ToArray(), ["/bin/sh"u8.ToArray(), words[2], .. words[(ArgumentsBefore + 1)..]], environment);
        }

        Answer(socket, result);
        libc._exit(ExitCodes.Internal);
        return ExitCodes.Internal;
    }

    private static int Confine(ReadOnlySpan<byte> message)
    {
        if ((message[1] & StubMessage.NoNewPrivileges) != 0)
        {
            _ = libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }

        return SeccompFilter.Install(StubMessage.Filter(message), (message[1] & StubMessage.Listen) != 0);
    }

    private static void Answer(MessageSocket socket, int value)
    {
        Span<byte> answer = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(answer, value);
        socket.Send(answer);
    }

    // execve resets handlers by itself and keeps what is ignored: that must be what the tool was started with.
    private static void RestoreSignals(ulong ignored)
    {
        ulong now = OwnProcess.IgnoredSignals(Environment.ProcessId);
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

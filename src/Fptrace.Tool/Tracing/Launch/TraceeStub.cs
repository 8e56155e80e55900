using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Launch;

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
    /// <returns>Exit code when the command could not be started; the tool has been told why, or sees it from our end.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The tool tells the user; a second line from here would be one too many.")]
    public static int Run(string[] args)
    {
        try
        {
            return Become(args);
        }
        catch (Exception)
        {
            return ExitCodes.Internal;
        }
    }

    private static int Become(string[] args)
    {
        byte[][] words = StartWords.LastArguments(args.Length);
        var socket = new MessageSocket(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
        DescriptorFlags.CloseOnExec(socket.Descriptor);
        byte[] message = new byte[StubMessage.MostBytes];
        byte[][] environment = StartWords.Environment();
        byte[] given = [];

        // "Ready". It also compiles the sending: after the filter is in place nothing new may be loaded before the answer is out.
        Answer(socket, 0, socket.Descriptor, pass: 0);
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

            if (message[0] == StubMessage.Environment)
            {
                given = [.. given, .. StubMessage.EnvironmentPiece(message.AsSpan(0, length))];
                environment = OwnProcess.Words(given);
                continue;
            }

            Confine(socket, message.AsSpan(0, length));
        }

        int result = CommandStart.Execute(words[2], words[ArgumentsBefore..], environment, StubMessage.IgnoredSignals(message), StubMessage.OpenFilesLimit(message));
        Answer(socket, result, socket.Descriptor, pass: 0);
        OwnProcess.Exit(ExitCodes.Internal);
        return ExitCodes.Internal;
    }

    private static void Confine(MessageSocket socket, ReadOnlySpan<byte> message)
    {
        if ((message[1] & StubMessage.NoNewPrivileges) != 0)
        {
            _ = libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }

        bool listen = (message[1] & StubMessage.Listen) != 0;
        int result = SeccompFilter.Install(StubMessage.Filter(message), listen);
        if (listen && result >= 0)
        {
            // Handed over rather than fetched by pidfd_getfd, which containers deny. It closes here when the command begins.
            Answer(socket, 0, result, StubMessage.Pass(message));
            return;
        }

        Answer(socket, result, socket.Descriptor, StubMessage.Pass(message));
    }

    // With a descriptor even where none is needed: one way of sending, compiled before the filter is in place.
    private static void Answer(MessageSocket socket, int value, int descriptor, ulong pass)
    {
        Span<byte> answer = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(answer, value);
        socket.Send(answer, descriptor, pass);
    }
}

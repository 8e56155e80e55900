using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Launch;

/// <summary>The tool, started a second time to become the command. Managed code cannot fork.</summary>
/// <remarks>
/// Command line: <see cref="Argument"/>, the number of its socket, the path of the program, argv of the command. It
/// installs the filter, waits until it is seized, undoes what the runtime changed, and calls execve. With
/// <see cref="Argument"/> alone it looks at the root directory and ends. In the native executable, tracee.c does all of
/// this but the last before the runtime starts.
/// </remarks>
internal static class TraceeStub
{
    /// <summary>The first argument of the tool when it is the stub.</summary>
    public const string Argument = "--become-tracee";

    private const int ArgumentsBefore = 3;

    /// <param name="args">The arguments of Main.</param>
    /// <returns>An exit code, if the command could not be started. The tool knows why, or finds the socket
    /// closed.</returns>
    [SuppressMessage("Design", "CA1031",
        Justification = "The tool tells the user; a second line from here would be one too many.")]
    public static int Run(string[] args)
    {
        if (args.Length == 1)
        {
            // fptrace doctor traces this. Only /proc tells which directory the name means.
            Environment.CurrentDirectory = "/";
            _ = Files.Stat(fcntl.AT_FDCWD, ".\0"u8, 0, out _);
            return 0;
        }

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

        // This says "ready". It also makes the runtime compile the sending: once the filter is in place, it must not
        // load anything before the answer is sent.
        Answer(socket, 0, socket.Descriptor, pass: 0);
        while (true)
        {
            int length = socket.Receive(message);
            if (length <= 0)
            {
                // The tool has ended.
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

        int result = CommandStart.Execute(words[2], words[ArgumentsBefore..], environment,
            StubMessage.IgnoredSignals(message), StubMessage.OpenFilesLimit(message));
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

        bool listens = (message[1] & StubMessage.Listen) != 0;
        ReadOnlySpan<byte> filter = StubMessage.Filter(message);
        int result = listens ? SeccompFilter.InstallListener(filter) : SeccompFilter.Install(filter);
        if (listens && result >= 0)
        {
            // The stub hands the listener over, because containers deny pidfd_getfd. Its own descriptor closes at
            // execve.
            Answer(socket, 0, result, StubMessage.Pass(message));
            return;
        }

        Answer(socket, result, socket.Descriptor, StubMessage.Pass(message));
    }

    // Sends a descriptor even where none is needed, so that all answers take the one path that is compiled already.
    private static void Answer(MessageSocket socket, int value, int descriptor, ulong pass)
    {
        Span<byte> answer = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(answer, value);
        socket.Send(answer, descriptor, pass);
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Launch;

/// <summary>The process that becomes the command (<see cref="TraceeStub"/>), seen from the tool.</summary>
internal sealed class StubProcess : IDisposable
{
    private readonly MessageSocket _socket;
    private readonly byte[][]? _environment;
    private bool _isReady;

    /// <summary>Starts it, and does not wait until it is ready: meanwhile there is other work to do.</summary>
    /// <param name="program">The path of the command's program.</param>
    /// <param name="command">argv.</param>
    /// <param name="environment">The environment of the command; null for that of this process.</param>
    /// <exception cref="FptraceException">No process can be started.</exception>
    public StubProcess(byte[] program, byte[][] command, byte[][]? environment)
    {
        _environment = environment;
        (_socket, MessageSocket theirs) = MessageSocket.Pair();
        using (theirs)
        {
            byte[][] arguments =
            [
                Encoding.UTF8.GetBytes(TraceeStub.Argument),
                Encoding.UTF8.GetBytes(theirs.Descriptor.ToString(CultureInfo.InvariantCulture)),
                program,
                .. command,
            ];
            Pid = OwnProgram.Spawn(arguments, theirs.Descriptor);
        }

        if (Pid < 0)
        {
            string text = "cannot start a process: " + Marshal.GetPInvokeErrorMessage(-Pid);
            throw Pid == -errno.E2BIG
                ? new FptraceException(ExitCodes.NotExecutable, text)
                : UnforeseenFailure.Of(text, -Pid);
        }
    }

    public int Pid { get; }

    /// <exception cref="FptraceException">It has ended.</exception>
    public void AwaitReady()
    {
        if (_isReady)
        {
            return;
        }

        _isReady = ReceiveAnswer(out int unused) is not null && (_environment is null
            || StubMessage.MakeEnvironment(_environment).All(message => _socket.Send(message)));
        Files.Close(unused);
        if (!_isReady)
        {
            throw Fail(ExitCodes.Internal, "its own second process, which becomes the command, cannot start: "
                + Shortage.Remedy());
        }
    }

    /// <remarks>A stub that missed a message would wait for it for ever, and we would wait for the stub.</remarks>
    /// <exception cref="FptraceException">It has ended.</exception>
    public void Send(byte[] message)
    {
        AwaitReady();
        if (!_socket.Send(message))
        {
            throw Fail(ExitCodes.Internal, "the tracee stub cannot be told what to do: "
                + Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>Waits for an answer.</summary>
    /// <returns>Its number; null when the process is gone.</returns>
    public int? ReceiveAnswer(out int descriptor)
    {
        Span<byte> answer = stackalloc byte[sizeof(int)];
        return _socket.Receive(answer, out descriptor) == answer.Length
            ? BinaryPrimitives.ReadInt32LittleEndian(answer)
            : null;
    }

    /// <summary>The answer that it left when it had failed to become the command; null if it left none.</summary>
    public int? LastAnswer()
    {
        Span<byte> answer = stackalloc byte[sizeof(int)];
        return _socket.ReceiveWaiting(answer) == answer.Length
            ? BinaryPrimitives.ReadInt32LittleEndian(answer)
            : null;
    }

    /// <summary>Ends it.</summary>
    /// <returns>What to throw. Ctrl-C ends the stub, too, and then all that we ask of it fails; that is no failure of
    /// ours.</returns>
    public FptraceException Fail(int exitCode, string message) => End() ?? new FptraceException(exitCode, message);

    /// <summary>Ends it. Its descriptors are closed.</summary>
    /// <exception cref="FptraceException">A signal that asks the tool to end had ended it before.</exception>
    public void Replace()
    {
        if (End() is { } ended)
        {
            throw ended;
        }

        Dispose();
    }

    public void Dispose() => _socket.Dispose();

    public static bool IsRequestToEnd(int number) =>
        number is signal.SIGHUP or signal.SIGINT or signal.SIGQUIT or signal.SIGTERM;

    private FptraceException? End()
    {
        Children.Kill(Pid, signal.SIGKILL);
        WaitStatus status = default;
        while (Children.Wait(Pid, out status, out _, WaitMode.Block) > 0 && status.Stopped)
        {
        }

        return status.Signaled && IsRequestToEnd(status.TermSignal)
            ? FptraceException.Ended(status.TermSignal)
            : null;
    }
}

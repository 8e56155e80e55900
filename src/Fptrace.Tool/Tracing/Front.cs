using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>
/// What the caller waits for while another process of ours traces: it can stop with the command and return before the last of its
/// processes, and the tracer goes on.
/// </summary>
/// <remarks>
/// A tracer that stopped itself would hold up tracees that did not stop. So at a terminal, where jobs stop and go on, and for
/// <see cref="SurvivorPolicy.Linger"/>, the tool starts itself a second time. The tracer has everything of its front: group, terminal, descriptors.
/// </remarks>
internal static class Front
{
    /// <summary>Whether a shell may stop this job: it has a terminal.</summary>
    public static bool HasTerminal()
    {
        int terminal = Files.Open(fcntl.AT_FDCWD, "/dev/tty\0"u8, 0);
        Files.Close(terminal);
        return terminal >= 0;
    }

    /// <returns>The exit status; null when the command is to run untraced, here.</returns>
    /// <exception cref="FptraceException">The tracer could not be started, or was killed.</exception>
    public static int? Run()
    {
        ulong ignored = StartState.IgnoredSignals();
        (MessageSocket ours, MessageSocket theirs) = MessageSocket.Pair();
        using var signals = new SignalSource(ignored, number => ours.Send([(byte)number]));
        int tracer;
        using (theirs)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"{theirs.Descriptor}:{ignored}:{StartState.OpenFilesLimit()}");
            tracer = OwnProgram.Spawn([Encoding.UTF8.GetBytes(FrontLine.Argument), Encoding.UTF8.GetBytes(line), .. OwnProcess.LastArguments(Environment.GetCommandLineArgs().Length - 1)], theirs.Descriptor);
        }

        if (tracer < 0)
        {
            throw new FptraceException(ExitCodes.Internal, "cannot start a process: " + Marshal.GetPInvokeErrorMessage(-tracer));
        }

        Span<byte> message = stackalloc byte[8];
        switch (ours.Receive(message))
        {
            case 5 when message[0] == FrontLine.Return:
                return BinaryPrimitives.ReadInt32LittleEndian(message[1..]);
            case 1 when message[0] == FrontLine.RunUntraced:
                Children.Wait(tracer, out _, out _, block: true);
                return null;
            default:
                if (Children.Wait(tracer, out WaitStatus status, out _, block: true) < 0)
                {
                    throw new FptraceException(ExitCodes.Internal, "how the tracer ended cannot be told: wait4 is denied");
                }

                return status.Exited ? status.ExitCode : Died(status.TermSignal);
        }
    }

    private static int Died(int number) => number is signal.SIGHUP or signal.SIGINT or signal.SIGQUIT or signal.SIGTERM
        ? 128 + number
        : throw new FptraceException(ExitCodes.Internal, $"the tracer was ended by signal {number}");
}

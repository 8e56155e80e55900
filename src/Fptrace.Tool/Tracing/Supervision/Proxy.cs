using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// The process that the caller started, when another process of the tool traces. It stops with the command, and may
/// return before the last process of the command ends.
/// </summary>
/// <remarks>
/// A tracer that stopped itself would hold up tracees that did not stop. So the tool starts itself a second time at a
/// terminal, where jobs stop and go on, and for <see cref="SurvivorPolicy.Linger"/> and
/// <see cref="SurvivorPolicy.Detach"/>. The tracer inherits process group, terminal and descriptors from its proxy.
/// Where a mount may hold whoever looks there (<see cref="HoldingMounts"/>), SIGKILL must end what the caller waits
/// for. A proxy looks nowhere. What it leaves behind, if killed, must not keep the caller's pipes open: see
/// <see cref="RelayedStreams"/>.
/// </remarks>
internal static class Proxy
{
    /// <summary>Whether there is a controlling terminal, so that a shell may stop this job.</summary>
    public static bool HasTerminal()
    {
        int terminal = Files.Open(fcntl.AT_FDCWD, "/dev/tty\0"u8, 0);
        Files.Close(terminal);
        return terminal >= 0;
    }

    /// <returns>The exit status; null when this process is to run the command untraced.</returns>
    /// <exception cref="FptraceException">The tracer could not be started, or was killed.</exception>
    public static int? Run()
    {
        bool atTerminal = HasTerminal();
        ulong ignored = StartState.IgnoredSignals();
        (MessageSocket ours, MessageSocket theirs) = MessageSocket.Pair();
        using var signals = new SignalSource(ignored);
        signals.Forward(number => ours.Send([(byte)number]));
        // This starts threads, and so it may fail. The tracer, once started, tells of failures itself.
        RelayedStreams? relayed = HoldingMounts.Read().Any ? RelayedStreams.Begin() : null;
        int tracer;
        using (theirs)
        {
            string line = string.Create(CultureInfo.InvariantCulture,
                $"{theirs.Descriptor}:{ignored}:{StartState.OpenFilesLimit()}{relayed?.Words}");
            tracer =
                OwnProgram.Spawn([Encoding.UTF8.GetBytes(ProxyConnection.Argument), Encoding.UTF8.GetBytes(line),
                    .. StartWords.LastArguments(Environment.GetCommandLineArgs().Length - 1)], theirs.Descriptor);
        }

        relayed?.HandOver();
        if (tracer < 0)
        {
            throw UnforeseenFailure.Of("cannot start a process: " + Marshal.GetPInvokeErrorMessage(-tracer), -tracer);
        }

        int killedBy = 0;
        Span<byte> message = stackalloc byte[8];
        while (true)
        {
            switch (ours.Receive(message))
            {
                case 2 when message[0] == ProxyConnection.Killed:
                    killedBy = message[1];
                    break;
                case 5 when message[0] == ProxyConnection.Return:
                    relayed?.Finish();
                    return End(BinaryPrimitives.ReadInt32LittleEndian(message[1..]), atTerminal ? killedBy : 0);
                case 1 when message[0] == ProxyConnection.RunUntraced:
                    Children.Wait(tracer, out _, out _, WaitMode.Block);
                    relayed?.Finish();
                    return null;
                default:
                    if (Children.Wait(tracer, out WaitStatus status, out _, WaitMode.Block) < 0)
                    {
                        throw new FptraceException(ExitCodes.Internal,
                            "how the tracer ended cannot be told: wait4 is denied");
                    }

                    relayed?.Finish();
                    return status.Exited
                        ? End(status.ExitCode, atTerminal ? killedBy : 0)
                        : Died(status.TermSignal);
            }
        }
    }

    /// <summary>Ends this process as the command ended: at a terminal, by the same signal.</summary>
    /// <remarks>
    /// From the signal a shell knows that it must end its script, or restore the settings of the terminal.
    /// </remarks>
    private static int End(int status, int killedBy)
    {
        // Another status than 128 + N means that the tool failed after the command had ended.
        if (killedBy > 0 && status == 128 + killedBy)
        {
            // Leave no core dump: the command has left its own.
            _ = libc.prctl(libc.PR_SET_DUMPABLE, 0, 0, 0, 0);
            Disposition.Reset(killedBy);
            Children.Kill(Environment.ProcessId, killedBy);
        }

        return status;
    }

    /// <summary>
    /// The tracer was killed. A signal to the whole group does that before the tracer listens, and then the command has
    /// not begun.
    /// </summary>
    private static int Died(int number) =>
        number is signal.SIGHUP or signal.SIGINT or signal.SIGQUIT or signal.SIGTERM
        ? End(128 + number, number)
        : throw new FptraceException(ExitCodes.Internal, $"the tracer was ended by signal {number}");
}

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
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// What the caller waits for while another process of ours traces: it can stop with the command and return before the
/// last of its processes, and the tracer goes on.
/// </summary>
/// <remarks>
/// A tracer that stopped itself would hold up tracees that did not stop. So at a terminal, where jobs stop and go on,
/// and for <see cref="SurvivorPolicy.Linger"/> and <see cref="SurvivorPolicy.Detach"/>, the tool starts itself a second
/// time. The tracer has everything of its proxy: group, terminal, descriptors.
/// </remarks>
internal static class Proxy
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
        bool atTerminal = HasTerminal();
        ulong ignored = StartState.IgnoredSignals();
        (MessageSocket ours, MessageSocket theirs) = MessageSocket.Pair();
        using var signals = new SignalSource(ignored);
        signals.Forward(number => ours.Send([(byte)number]));
        int tracer;
        using (theirs)
        {
            string line = string.Create(CultureInfo.InvariantCulture,
                $"{theirs.Descriptor}:{ignored}:{StartState.OpenFilesLimit()}");
            tracer =
                OwnProgram.Spawn([Encoding.UTF8.GetBytes(ProxyConnection.Argument), Encoding.UTF8.GetBytes(line),
                    .. StartWords.LastArguments(Environment.GetCommandLineArgs().Length - 1)], theirs.Descriptor);
        }

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
                    return End(BinaryPrimitives.ReadInt32LittleEndian(message[1..]), atTerminal ? killedBy : 0);
                case 1 when message[0] == ProxyConnection.RunUntraced:
                    Children.Wait(tracer, out _, out _, block: true);
                    return null;
                default:
                    if (Children.Wait(tracer, out WaitStatus status, out _, block: true) < 0)
                    {
                        throw new FptraceException(ExitCodes.Internal,
                            "how the tracer ended cannot be told: wait4 is denied");
                    }

                    return status.Exited
                        ? End(status.ExitCode, atTerminal ? killedBy : 0)
                        : Died(status.TermSignal, atTerminal);
            }
        }
    }

    /// <summary>At a terminal we end as the command did: by that signal a shell knows that it must end its script or
    /// restore the terminal's settings.</summary>
    private static int End(int status, int killedBy)
    {
        // Otherwise something of ours went wrong after the command's end.
        if (killedBy > 0 && status == 128 + killedBy)
        {
            // The core is the command's, and it has left its own.
            _ = libc.prctl(libc.PR_SET_DUMPABLE, 0, 0, 0, 0);
            Disposition.Set(killedBy, ignored: false);
            Children.Kill(Environment.ProcessId, killedBy);
        }

        return status;
    }

    /// <summary>A key that was pressed before the tracer listened ends it, and the command had not begun.</summary>
    private static int Died(int number, bool atTerminal) =>
        number is signal.SIGHUP or signal.SIGINT or signal.SIGQUIT or signal.SIGTERM
        ? End(128 + number, atTerminal ? number : 0)
        : throw new FptraceException(ExitCodes.Internal, $"the tracer was ended by signal {number}");
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Starts the stub, seizes it, puts the filter over it and lets it become the command.</summary>
/// <remarks>Everything here runs on the thread that will own the ptrace requests.</remarks>
internal sealed class Launcher : IDisposable
{
    private const int CAP_SYS_ADMIN = 21;
    private const int Options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACEFORK | ptrace.PTRACE_O_TRACEVFORK | ptrace.PTRACE_O_TRACECLONE
        | ptrace.PTRACE_O_TRACEEXEC | ptrace.PTRACE_O_TRACESECCOMP | ptrace.PTRACE_O_EXITKILL;

    private readonly MessageSocket _socket;
    private readonly byte[] _command;

    private Launcher(MessageSocket socket, int pid, byte[] command)
    {
        _socket = socket;
        Pid = pid;
        _command = command;
    }

    /// <summary>The stub, and later the command's first process.</summary>
    public int Pid { get; }

    /// <summary>What the engine turned out to be.</summary>
    public EngineKind Engine { get; private set; }

    /// <summary>For <see cref="EngineKind.Notify"/>.</summary>
    public Listener? Listener { get; private set; }

    /// <param name="command">argv.</param>
    /// <exception cref="FptraceException">The command does not exist, or tracing is denied.</exception>
    public static Launcher Start(byte[][] command)
    {
        byte[][] environment = OwnProcess.Environment();
        byte[] program = CommandPath.Find(command[0], environment);
        (MessageSocket ours, MessageSocket theirs) = MessageSocket.Pair();
        int pid;
        using (theirs)
        {
            byte[][] arguments =
            [
                .. OwnCommand(),
                Encoding.UTF8.GetBytes(TraceeStub.Argument),
                Encoding.UTF8.GetBytes(theirs.Descriptor.ToString(CultureInfo.InvariantCulture)),
                program,
                .. command,
            ];
            pid = Programs.Spawn("/proc/self/exe"u8.ToArray(), arguments, environment, theirs.Descriptor);
        }

        if (pid < 0)
        {
            throw new FptraceException(
                pid == -7 ? ExitCodes.NotExecutable : ExitCodes.Internal,
                "cannot start a process: " + Marshal.GetPInvokeErrorMessage(-pid));
        }

        var launcher = new Launcher(ours, pid, command[0]);
        if (launcher.ReceiveAnswer() is null)
        {
            throw launcher.Fail("the tracee stub did not start");
        }

        int result = Ptracer.Seize(pid, Options);
        return result == 0 ? launcher : throw launcher.Fail($"ptrace is denied ({Marshal.GetPInvokeErrorMessage(-result)}): {Remedy()}");
    }

    /// <summary>Confines the stub as the wanted engine needs it; without a wish, as well as the kernel lets us.</summary>
    public void Confine(EngineKind? wanted, TracePlan plan)
    {
        bool noNewPrivileges = !OwnProcess.HasCapability(CAP_SYS_ADMIN);
        string cause = "";
        foreach (EngineKind engine in wanted is { } one ? [one] : new[] { EngineKind.Notify, EngineKind.Ptrace, EngineKind.Syscall })
        {
            Engine = engine;
            if (engine == EngineKind.Syscall)
            {
                new Ptracer(Pid).Interrupt();
                return;
            }

            bool listen = engine == EngineKind.Notify;
            _socket.Send(StubMessage.MakeConfine(FilterBuilder.Build(plan, SyscallAbi.OfThisMachine, listen), listen, noNewPrivileges));
            int answer = ReceiveAnswer() ?? throw Fail("the tracee stub ended early");
            if (answer >= 0)
            {
                Listener = listen ? Listener.Take(Pid, answer) : null;
                if (listen && Listener is null)
                {
                    throw Fail("the kernel has seccomp notifications and no pidfd_getfd (Linux 5.6); use --engine ptrace");
                }

                return;
            }

            cause = Marshal.GetPInvokeErrorMessage(-answer);
        }

        throw Fail($"the engine {EngineName.Of(Engine)} cannot be had: seccomp is denied ({cause}); leave --engine out to take the best that works");
    }

    /// <summary>The stub calls execve now.</summary>
    public void Go(ulong ignoredSignals, ulong openFilesLimit) => _socket.Send(StubMessage.MakeGo(ignoredSignals, openFilesLimit));

    /// <summary>Why the command did not start, when its process ended before its execve.</summary>
    public FptraceException StartFailure()
    {
        Span<byte> answer = stackalloc byte[4];
        if (_socket.Receive(answer, wait: false) != 4)
        {
            return new FptraceException(ExitCodes.Internal, "the command was ended before it started");
        }

        int error = -BinaryPrimitives.ReadInt32LittleEndian(answer);
        return error == errno.ENOENT
            ? CommandPath.NotExecutable(_command, "its interpreter does not exist")
            : CommandPath.NotExecutable(_command, Marshal.GetPInvokeErrorMessage(error));
    }

    public void Dispose() => _socket.Dispose();

    // Null when the other end is gone.
    private int? ReceiveAnswer()
    {
        Span<byte> answer = stackalloc byte[4];
        return _socket.Receive(answer) == 4 ? BinaryPrimitives.ReadInt32LittleEndian(answer) : null;
    }

    private FptraceException Fail(string message)
    {
        Children.Kill(Pid, signal.SIGKILL);
        return new FptraceException(ExitCodes.TracingDenied, message);
    }

    private static string Remedy()
    {
        ReadOnlySpan<byte> status = Files.ReadAll("/proc/self/status\0"u8);
        int at = status.IndexOf("\nTracerPid:\t"u8);
        if (at >= 0 && status[at + "\nTracerPid:\t".Length] != '0')
        {
            return "another tracer (strace, gdb, another fptrace) follows this process; run fptrace outside of it";
        }

        return "allow it in the sandbox (docker run --cap-add=SYS_PTRACE, kernel.yama.ptrace_scope below 3)";
    }

    /// <summary>argv of ourselves: on an installed runtime the executable is dotnet, and our assembly its first argument.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Not reached in a native executable.")]
    private static byte[][] OwnCommand()
    {
        string executable = Environment.ProcessPath ?? "fptrace";
        return RuntimeFeature.IsDynamicCodeSupported && Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? [Encoding.UTF8.GetBytes(executable), Encoding.UTF8.GetBytes(typeof(Launcher).Assembly.Location)]
            : [Encoding.UTF8.GetBytes(executable)];
    }
}

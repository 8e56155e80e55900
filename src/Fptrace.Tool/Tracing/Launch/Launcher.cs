using System.Runtime.InteropServices;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Launch;

/// <summary>Starts the stub, puts the filter over it, seizes it, and lets it become the command.</summary>
/// <remarks>All of this runs on the thread that will make the ptrace requests.</remarks>
internal sealed class Launcher : IDisposable
{
    private const int Options = ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACEFORK | ptrace.PTRACE_O_TRACEVFORK
        | ptrace.PTRACE_O_TRACECLONE
        | ptrace.PTRACE_O_TRACEEXEC | ptrace.PTRACE_O_EXITKILL;

    private readonly byte[] _program;
    private readonly byte[][] _command;
    private readonly byte[][]? _environment;
    private StubProcess _stub;

    private Launcher(byte[] program, byte[][] command, byte[][]? environment)
    {
        _program = program;
        _command = command;
        _environment = environment;
        _stub = StartStub();
    }

    /// <summary>The process id of the stub, which becomes the first process of the command.</summary>
    public int Pid => _stub.Pid;

    /// <summary>The engine that <see cref="Confine"/> has chosen.</summary>
    public EngineKind Engine { get; private set; }

    /// <summary>What <see cref="Confine"/> learnt of seccomp.</summary>
    public SeccompFindings Seccomp { get; private set; } = new();

    /// <summary>Why <see cref="Confine"/> passed over a better engine; empty when it did not.</summary>
    public string Cause { get; private set; } = "";

    /// <summary>What PTRACE_SEIZE gave: 0 or −errno; null before <see cref="Go"/>.</summary>
    public int? Seizing { get; private set; }

    /// <summary>Whether tracing sets no_new_privs: the kernel takes a filter only from a thread with CAP_SYS_ADMIN, or
    /// with no_new_privs.</summary>
    public static bool NeedsNoNewPrivileges => !OwnStatus.HasCapability(OwnProcess.CAP_SYS_ADMIN);

    /// <summary>The seccomp listener; null for engines other than <see cref="EngineKind.Notify"/>.</summary>
    public Listener? Listener { get; private set; }

    /// <param name="command">argv.</param>
    /// <param name="environment">The environment of the command; null for that of this process.</param>
    /// <exception cref="FptraceException">The command does not exist, no process can be started, or /proc is another
    /// PID namespace's: the numbers that the kernel gives us would mean other processes there.</exception>
    // Where /proc does not show this process at all, StartWords says so.
    public static Launcher Start(byte[][] command, byte[][]? environment) =>
        (environment ?? StartWords.Environment()) is var entries && OwnProcess.IsNumberedByProc
        ? new(CommandPath.Find(command[0], entries), command, environment)
        : throw new FptraceException(ExitCodes.TracingDenied,
            "/proc is that of another PID namespace: mount this one's (mount -t proc proc /proc)");

    /// <summary>
    /// Puts the filter of an engine over the stub: of the wanted one, or of the best that the kernel allows.
    /// </summary>
    /// <returns>What it traps, with the plan as the engine carries it out.</returns>
    /// <exception cref="FptraceException">The wanted engine is denied, or every one is.</exception>
    public TrapTable Confine(EngineKind? wanted, TracePlan plan)
    {
        bool noNewPrivileges = NeedsNoNewPrivileges;
        foreach (EngineKind engine in wanted is { } one ? [one] : plan.Engines)
        {
            Engine = engine;
            var traps = new TrapTable(plan.Under(engine));
            if (engine == EngineKind.Syscall)
            {
                if (wanted is null && noNewPrivileges)
                {
                    // The stub has set no_new_privs by now. Without a filter nobody needs it.
                    ReplaceStub();
                }

                return traps;
            }

            bool listen = engine.Notifies();

            // The stub answers by sendmsg after its filter is in place. The filter may trap sendmsg, and nobody listens
            // yet. So it lets a call with this number pass, which no other process knows.
            ulong pass = (ulong)Random.Shared.NextInt64();
            sock_filter[] filter = FilterBuilder.Build(traps, listen, pass);
            _stub.Send(StubMessage.MakeConfine(filter, listen, noNewPrivileges, pass));
            int? answer = _stub.ReceiveAnswer(out int descriptor);
            Seccomp = listen ? new() { Listening = answer } : Seccomp with { Filtering = answer };
            if (answer is null)
            {
                Cause = "a sandbox kills whoever calls seccomp(2)";
                if (wanted is not null)
                {
                    throw Unavailable();
                }

                // A sandbox killed the stub for calling seccomp(2). Start another one, which does not call it.
                Engine = EngineKind.Syscall;
                ReplaceStub();
                return traps;
            }

            if (answer >= 0 && listen)
            {
                var listener = new Listener(descriptor);
                int error = listener.FindContinueError();
                Seccomp = Seccomp with { Continuing = -error };
                if (error == 0)
                {
                    Listener = listener;
                    Seccomp = Seccomp with { WakesSynchronously = listener.UseSynchronousWakeUp() };
                    return traps;
                }

                Files.Close(descriptor);
                Cause = error == errno.EINVAL
                    ? "it needs Linux 5.5, for this kernel cannot let a call go on after a notification"
                    : $"notifications cannot be answered ({Marshal.GetPInvokeErrorMessage(error)})";
                if (wanted is null)
                {
                    // The filter cannot be taken off this one.
                    ReplaceStub();
                }

                continue;
            }

            Files.Close(descriptor);
            if (answer >= 0)
            {
                return traps;
            }

            Cause = $"seccomp is denied ({Marshal.GetPInvokeErrorMessage(-answer.Value)})";
        }

        throw Unavailable();
    }

    /// <summary>Seizes the stub and lets it call execve. From here on its stops must be waited for.</summary>
    /// <remarks>
    /// A seized stub stops at every signal, such as SIGWINCH. If it were seized earlier, it could stand still while we
    /// wait for one of its answers.
    /// </remarks>
    /// <exception cref="FptraceException">ptrace is denied.</exception>
    public void Go(ulong ignoredSignals, ulong openFilesLimit)
    {
        // One that has ended already cannot be seized, and the kernel would not say why.
        _stub.AwaitReady();

        // Without a filter of ours, a stop for a filter would be for the command's own. The command has no tracer, so
        // it must get ENOSYS there. The kernel answers that by itself without PTRACE_O_TRACESECCOMP.
        int result = RunningThread.Seize(Pid, Engine == EngineKind.Syscall
            ? Options
            : Options | ptrace.PTRACE_O_TRACESECCOMP);
        Seizing = result;
        if (result == -errno.ESRCH)
        {
            throw _stub.Fail(ExitCodes.Internal, "the tracee stub ended early");
        }

        if (result != 0)
        {
            throw _stub.Fail(ExitCodes.TracingDenied,
                $"ptrace is denied ({Marshal.GetPInvokeErrorMessage(-result)}): {Denial.Of(-result)}");
        }

        if (Engine == EngineKind.Syscall && RunningThread.Interrupt(Pid) != RequestOutcome.Done)
        {
            throw _stub.Fail(ExitCodes.Internal, "the tracee stub cannot be stopped: "
                + Marshal.GetPInvokeErrorMessage(Marshal.GetLastSystemError()));
        }

        _stub.Send(StubMessage.MakeGo(ignoredSignals, openFilesLimit));
    }

    /// <summary>Explains why the command did not start, when its process ended before its execve.</summary>
    /// <param name="outcome">The exit code of that process, or −N if signal N killed it.</param>
    public FptraceException StartFailure(int outcome)
    {
        if (StubProcess.IsRequestToEnd(-outcome))
        {
            return FptraceException.Ended(-outcome);
        }

        if (_stub.LastAnswer() is not { } answer)
        {
            return new FptraceException(ExitCodes.Internal, "the command was ended before it started");
        }

        int error = -answer;
        return error == errno.ENOENT
            ? CommandPath.NotExecutable(_command[0], "its interpreter does not exist")
            : CommandPath.NotExecutable(_command[0], Marshal.GetPInvokeErrorMessage(error));
    }

    public void Dispose() => _stub.Dispose();

    private FptraceException Unavailable() =>
        _stub.Fail(ExitCodes.TracingDenied,
            $"the engine {EngineName.Of(Engine)} cannot be had: {Cause}; leave --engine out to take the best that "
            + "works");

    private void ReplaceStub()
    {
        _stub.Replace();
        _stub = StartStub();
    }

    private StubProcess StartStub() => new(_program, _command, _environment);
}

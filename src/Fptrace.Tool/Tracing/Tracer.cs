using Fptrace.Linux;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Launch;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Supervision;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing;

/// <summary>Runs a command under trace, from its start to the end of its last process.</summary>
internal static class Tracer
{
    /// <param name="command">argv. The program is found in PATH as a shell would find it.</param>
    /// <param name="engine">The engine; null for the best that works.</param>
    /// <param name="plan">What is recorded.</param>
    /// <param name="sink">Receives the trace.</param>
    /// <param name="supervision">When the trace returns, and what it tells meanwhile.</param>
    /// <param name="environment">The command's environment, entries NAME=VALUE; null for that of this process.</param>
    /// <param name="started">Gets the launcher before the command starts.</param>
    /// <returns>The summary that the sink got.</returns>
    /// <exception cref="FptraceException">The command cannot be started or traced. The sink got nothing.</exception>
    public static TraceSummary Run(
        byte[][] command,
        EngineKind? engine,
        TracePlan plan,
        ITraceSink sink,
        SupervisionOptions? supervision = null,
        byte[][]? environment = null,
        Action<Launcher>? started = null)
    {
        try
        {
            return Trace(command, engine, plan, sink, supervision ?? new SupervisionOptions(), environment,
                started);
        }
        catch (KernelDenialException e)
        {
            throw UnforeseenFailure.Of(e);
        }
    }

    private static TraceSummary Trace(
        byte[][] command,
        EngineKind? engine,
        TracePlan plan,
        ITraceSink sink,
        SupervisionOptions supervision,
        byte[][]? environment,
        Action<Launcher>? started)
    {
        if (engine == EngineKind.Fast && !PerMachine.IsX64)
        {
            throw new FptraceException(ExitCodes.TracingDenied, "--engine fast is for x86-64 only; use notify");
        }

        ulong ignored = StartState.IgnoredSignals();
        // This comes before the first thread starts. A skip starts no thread, so it does not pay for it.
        UnforeseenFailure.EndOnUnhandled();
        ulong limit = StartState.OpenFilesLimit();
        using Launcher launcher = Launcher.Start(command, environment);
        started?.Invoke(launcher);
        TrapTable traps = launcher.Confine(engine, plan);
        plan = traps.Plan;
        int streamsOf = supervision.Proxy?.LetGoOfStreams() ?? Environment.ProcessId;

        FptraceException? fault = null;
        var recorder = new Recorder(sink, plan);
        var tracees = new TraceeTable();
        var names = new DescriptorNames { StreamsOf = streamsOf };
        names.Remote.Start();
        var retries = new Retries(tracees);
        var stub = new ExecutionState(new Execution
        {
            Id = 0,
            ParentId = 0,
            Pid = launcher.Pid,
            StartNs = 0,
            Directory = default,
            Path = default,
            Arguments = [],
        }, recorder.Forgotten);
        recorder.Join(stub, launcher.Pid, isProcess: true);
        tracees.Add(new Tracee(launcher.Pid, launcher.Pid, stub));
        var affinity = new ProcessorAffinity(tracees, plan);
        var released = new ReleasedProcesses(launcher.Pid, recorder, tracees);
        var survivors = new Survivors(tracees, recorder, released);
        if (launcher.Listener is { } listener)
        {
            new NotificationLoop(listener, tracees, recorder, names, retries, affinity, GiveUp).Start();
        }

        recorder.GiveUp = GiveUp;
        using var supervisor = new Supervisor(supervision, survivors);
        var loop = new PtraceLoop(launcher.Pid, launcher.Engine, traps, recorder, tracees, names, retries, affinity,
            supervisor, released);
        var forwarder = new SignalForwarder(launcher.Pid, loop.RootSignals, tracees, recorder, supervisor, released);
        supervision.Proxy?.Listen(forwarder.Handle);

        // With a proxy, only the signals that it reports count. This process gets the same ones from the terminal.
        using SignalSource signals = supervision.Signals ?? new SignalSource(ignored);
        signals.Forward(supervision.Proxy is null ? forwarder.Handle : _ => { });
        TraceSummary? summary = null;
        if (supervision.Proxy is { } proxy && supervision.Leave is { } leave)
        {
            supervisor.Leave = () => proxy.Release(leave(Complete));
        }

        launcher.Go(ignored, limit);
        loop.Run();
        if (fault is not null)
        {
            throw fault;
        }

        if (!loop.HasStarted)
        {
            throw loop.Denial ?? launcher.StartFailure(loop.Outcome);
        }

        return summary ?? Complete();

        void GiveUp(FptraceException e)
        {
            fault ??= e;
            survivors.KillAll(TimeSpan.Zero);
        }

        TraceSummary Complete()
        {
            if (loop.Outcome < 0)
            {
                supervision.Proxy?.TellDeath(-loop.Outcome);
            }

            foreach ((int pid, ByteString name) in names.Sockets.Unexplained())
            {
                recorder.AddServer(pid, name);
            }

            foreach ((int pid, string text) in names.Loopback.Unexplained())
            {
                recorder.AddReason(IncompleteReason.Network, pid, text);
            }

            foreach ((int pid, string text) in names.Peers.Unexplained(recorder.HadProcess))
            {
                recorder.AddReason(IncompleteReason.Outsider, pid, text);
            }

            summary = new TraceSummary(
                EngineName.Of(launcher.Engine),
                recorder.Started,
                recorder.Now,
                loop.Outcome < 0 ? 128 - loop.Outcome : loop.Outcome,
                recorder.Verdict)
            {
                Notes = [.. recorder.Notes, .. plan.Undelete?.Notes ?? []],
                Undeleted = plan.Undelete?.Kept ?? default,
            };
            recorder.Complete(summary);
            return summary;
        }
    }
}

using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// Decides what the tool does when the command's first process stops, goes on, ends, or leaves others behind.
/// </summary>
/// <remarks>The ptrace thread calls its methods, except where they say otherwise.</remarks>
internal sealed class Supervisor(SupervisionOptions supervision, Survivors survivors) : IDisposable
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    /// <summary>How long a survivor may take to end by itself, so that the run counts.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    /// <summary>MSBuild 18.6 waits as long for the output of a command that has ended.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly ProxyConnection? _proxy = supervision.Proxy;
    private Timer? _timer;
    private volatile bool _leaves;
    private bool _left;
    private bool _stopped;
    private volatile bool _hungUp;
    private volatile bool _ended;

    /// <summary>The command's first process has ended.</summary>
    public bool HasEnded => _ended;

    /// <summary>
    /// Completes the outputs and lets the proxy return. For <see cref="SurvivorPolicy.Linger"/> and
    /// <see cref="SurvivorPolicy.Detach"/>.
    /// </summary>
    public Action? Leave { get; set; }

    /// <summary>
    /// At a terminal: stops the proxy, so that the shell sees the job stop. The tracer goes on: some processes may not
    /// have stopped.
    /// </summary>
    public void CommandStopped()
    {
        if (IsAtTerminal)
        {
            _stopped = true;
            _proxy?.Stop();
        }
    }

    public void CommandContinued()
    {
        if (_stopped)
        {
            _stopped = false;
            _proxy?.Continue();
        }
    }

    public void CommandEnded()
    {
        _ended = true;
        CommandContinued();
        if (_hungUp && _proxy is { LeadsSession: true })
        {
            // The kernel sends SIGHUP when the leader of a session ends. Untraced, the command would be the leader.
            survivors.HangUp();
        }

        if (!survivors.Any)
        {
            return;
        }

        switch (supervision.Survivors)
        {
            case SurvivorPolicy.Kill:
                survivors.End();
                break;
            case SurvivorPolicy.Linger:
                LeaveThem();
                break;
            case SurvivorPolicy.Detach:
                long end = Environment.TickCount64;
                _timer = new Timer(_ => Look(TimeSpan.FromMilliseconds(Environment.TickCount64 - end)), null,
                    TimeSpan.Zero, s_look);
                break;
            default:
                _timer = new Timer(_ => TellOnce(), null, s_silence, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    /// <summary>Called before each wait for tracees, and when the <see cref="Doorbell"/> rings.</summary>
    public void Serve()
    {
        if (_leaves && !_left)
        {
            _left = true;
            _timer?.Dispose();
            LeaveThem();
        }
    }

    /// <summary>Whether there is a terminal, whose keys reach the command by themselves. Any thread may ask.</summary>
    public bool IsAtTerminal => _proxy is { IsAtTerminal: true };

    /// <summary>Whether the proxy is stopped, so that nobody has continued the job. Any thread may ask.</summary>
    public bool IsProxyStopped => _proxy is { IsStopped: true };

    /// <summary>Called for a SIGHUP, on the thread that forwards signals.</summary>
    public void HungUp() => _hungUp = true;

    /// <summary>
    /// Called when the tool is asked to end while it waits for survivors, on the thread that forwards signals.
    /// </summary>
    public void EndSurvivors() => survivors.End();

    public void Dispose() => _timer?.Dispose();

    private void LeaveThem()
    {
        survivors.Record("was left running");
        Leave?.Invoke();
    }

    /// <summary>Ends the wait for survivors when it has lasted long enough. On a thread of the timer.</summary>
    /// <remarks>
    /// The bell is missed if the ptrace thread is just about to wait. Then the next look rings again.
    /// </remarks>
    private void Look(TimeSpan since)
    {
        // Ask in any case: the first call closes the tool's own copies of the pipes, which would hold the output, too.
        bool held = supervision.HoldsOutput();
        if (survivors.Any && since >= (held ? s_patience : s_grace))
        {
            _leaves = true;
            Doorbell.Ring();
        }
    }

    private void TellOnce()
    {
        if (survivors.Any)
        {
            supervision.Tell(
                "fptrace: the command has ended; waiting for what it left behind (Ctrl-C or SIGTERM ends it; see "
                    + "--survivors):" + survivors.Describe());
        }
    }
}

using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Supervision;

/// <summary>What the tool does when the command's first process stops, goes on, ends, or leaves others
/// behind.</summary>
/// <remarks>Its methods are called by the ptrace thread.</remarks>
internal sealed class Supervisor(SupervisionOptions supervision, Survivors survivors) : IDisposable
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    /// <summary>For one that ends by itself, so that the run counts.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    /// <summary>As MSBuild 18.6 waits for the output of a command that has ended.</summary>
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

    /// <summary>Writes what there is; the process that the caller waits for returns then. For
    /// <see cref="SurvivorPolicy.Linger"/> and <see cref="SurvivorPolicy.Detach"/>.</summary>
    public Action? Leave { get; set; }

    /// <summary>Its shell must see that the job stopped. We ourselves go on: others of its processes may not have
    /// stopped.</summary>
    public void CommandStopped()
    {
        _stopped = true;
        _proxy?.Stop();
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
            // The kernel does so when the leader ends, and the command would be the leader.
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

    /// <summary>Called before each wait for tracees, and when <see cref="Doorbell"/> rang.</summary>
    public void Serve()
    {
        if (_leaves && !_left)
        {
            _left = true;
            _timer?.Dispose();
            LeaveThem();
        }
    }

    /// <summary>The process that the caller waits for stands still, so nobody has continued the job.</summary>
    public bool IsProxyStopped => _proxy is { IsStopped: true };

    /// <summary>The terminal is gone, or somebody says so.</summary>
    public void HungUp() => _hungUp = true;

    /// <summary>We were asked to end while we wait for survivors.</summary>
    public void EndSurvivors() => survivors.End();

    public void Dispose() => _timer?.Dispose();

    private void LeaveThem()
    {
        survivors.Record("was left running");
        Leave?.Invoke();
    }

    /// <summary>On a thread of the timer's. The ptrace thread may be about to wait, and not hear the bell: then the
    /// next look rings again.</summary>
    private void Look(TimeSpan since)
    {
        // First, for what is never asked is never closed.
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

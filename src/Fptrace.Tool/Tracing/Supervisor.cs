using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>What the tool does when the command's first process stops, goes on, ends, or leaves others behind.</summary>
/// <remarks>Its methods are called by the ptrace thread.</remarks>
internal sealed class Supervisor(SurvivorPolicy policy, Survivors survivors, FrontLine? front, Action<string> tell) : IDisposable
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    private Timer? _timer;
    private bool _stopped;
    private volatile bool _hungUp;
    private volatile bool _ended;

    /// <summary>The command's first process has ended.</summary>
    public bool HasEnded => _ended;

    /// <summary>Writes what there is; the process that the caller waits for returns then. For <see cref="SurvivorPolicy.Linger"/>.</summary>
    public Action? Leave { get; set; }

    /// <summary>Its shell must see that the job stopped. We ourselves go on: others of its processes may not have stopped.</summary>
    public void CommandStopped()
    {
        _stopped = true;
        front?.Stop();
    }

    public void CommandContinued()
    {
        if (_stopped)
        {
            _stopped = false;
            front?.Continue();
        }
    }

    public void CommandEnded()
    {
        _ended = true;
        CommandContinued();
        if (_hungUp && front is { LeadsSession: true })
        {
            // The kernel does so when the leader ends, and the command would be the leader.
            survivors.HangUp();
        }

        if (!survivors.Any)
        {
            return;
        }

        switch (policy)
        {
            case SurvivorPolicy.Kill:
                survivors.End();
                break;
            case SurvivorPolicy.Linger:
                survivors.Record("was left running");
                Leave?.Invoke();
                break;
            default:
                _timer = new Timer(_ => TellOnce(), null, s_silence, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    /// <summary>The process that the caller waits for stands still, so nobody has continued the job.</summary>
    public bool IsFrontStopped => front is { IsStopped: true };

    /// <summary>The terminal is gone, or somebody says so.</summary>
    public void HungUp() => _hungUp = true;

    /// <summary>We were asked to end while we wait for survivors.</summary>
    public void EndSurvivors() => survivors.End();

    public void Dispose() => _timer?.Dispose();

    private void TellOnce()
    {
        if (survivors.Any)
        {
            tell("fptrace: the command has ended; waiting for what it left behind (SIGTERM ends it; see --survivors):" + survivors.Describe());
        }
    }
}

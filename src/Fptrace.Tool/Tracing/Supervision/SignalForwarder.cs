using System.Globalization;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>What we are asked to end by, the command decides: signals are passed on to its first process, unless it got
/// them too.</summary>
/// <remarks>
/// A terminal, and kill(2) on a process group, signal the command and us alike, and nothing about our own signal says
/// whether it was one of those. But the kernel signals the youngest of a group first (kill_pgrp; the list grows at its
/// head), and the command is younger than we are: when ours arrives the command's is on its way. It is pending, or the
/// command stands still before its delivery, or <see cref="SignalLog"/> has it; it goes through these in that order, so
/// asking in that order finds it. A command that blocks the signal and takes it by sigwait or signalfd takes it unseen.
/// Then keys of the terminal are taken to have reached it, and requests to end to have not. One that is sent to the
/// command alone and one that is sent to us alone cannot be told from one that is sent to both, if they come within
/// seconds (<see cref="SignalLog"/>).
/// </remarks>
internal sealed class SignalForwarder(int root, SignalLog delivered, TraceeTable tracees, Recorder recorder,
    Supervisor supervisor)
{
    private readonly Lock _lock = new();

    /// <param name="number">A signal that the process got which the caller waits for.</param>
    public void Handle(int number)
    {
        lock (_lock)
        {
            if (number is signal.SIGTERM or signal.SIGHUP)
            {
                recorder.AddReason(IncompleteReason.Interrupted, 0, $"signal {number} asked the tracer to end");
            }

            if (number == signal.SIGHUP)
            {
                supervisor.HungUp();
            }

            if (supervisor.HasEnded)
            {
                if (number is not (signal.SIGTSTP or signal.SIGCONT))
                {
                    supervisor.EndSurvivors();
                }
            }
            else if (number == signal.SIGCONT ? IsStopped() : !HasGot(number))
            {
                Children.Kill(root, number, () => tracees.Find(root) is not null);
            }
        }
    }

    // One that runs needs no SIGCONT, and one with a handler must not count it twice. A proxy that stands still told of
    // an earlier one.
    private bool IsStopped() =>
        tracees.Find(root) is { Job.IsStopped: true } && !supervisor.IsProxyStopped
            && !ProcessStatus.Of(root).HasPending(signal.SIGCONT);

    private bool HasGot(int number)
    {
        ProcessStatus status = ProcessStatus.Of(root);
        bool pending = status.HasPending(number);
        while (pending && !status.Blocks(number) && tracees.Find(root) is { Job.IsStopped: false }
            && status.HasPending(number))
        {
            // Until it is in the log: there it would stand for the next one.
            Thread.Sleep(1);
            status = ProcessStatus.Of(root);
        }

        if (pending && status.HasPending(number))
        {
            return true;
        }

        if (status.Blocks(number))
        {
            return number is signal.SIGINT or signal.SIGQUIT or signal.SIGTSTP;
        }

        while (IsBeingServed() && !supervisor.HasEnded)
        {
            // The ptrace thread has a stop of it to serve, and tells nobody when it has.
            Thread.Sleep(1);
        }

        return delivered.Claim(number) || pending;
    }

    // Any thread of the process may take the signal. One that is stopped as a job takes none.
    private bool IsBeingServed()
    {
        try
        {
            return Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{root}/task"))
                .Select(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))
                .Any(tid => tracees.Find(tid) is not { Job.IsStopped: true } && ProcessStatus.Of(tid).IsInTracingStop);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// Forwards to the command's first process each signal that asks the tool to end or stop, unless the process got it
/// too.
/// </summary>
/// <remarks>
/// A terminal, and kill(2) on a process group, signal both the command and the tool. Nothing in a signal says whether
/// it was sent in this way. But the kernel signals the youngest process of a group first (kill_pgrp: the list grows at
/// its head), and the command is younger than the tool. So when the tool gets its signal, the one for the command was
/// sent before. It is first pending, then the command stands still before its delivery, then it is in
/// <see cref="SignalLog"/>. This class looks at the three in the same order, so it cannot miss the signal.
/// A command that blocks the signal may take it by sigwait or signalfd, which nobody sees. Then a key of the terminal
/// is assumed to have reached the command, and a request to end is assumed not to have.
/// Two separate signals, one to the command and one to the tool, cannot be told from one signal to both if they come
/// within seconds of each other (<see cref="SignalLog"/>).
/// </remarks>
internal sealed class SignalForwarder(int root, SignalLog delivered, TraceeTable tracees, Recorder recorder,
    Supervisor supervisor, ReleasedProcesses released)
{
    private readonly Lock _lock = new();

    /// <param name="number">A signal that reached the process for which the caller waits.</param>
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

            if (HasEnded())
            {
                if (number is not (signal.SIGTSTP or signal.SIGCONT))
                {
                    supervisor.EndSurvivors();
                }
            }
            else if (number == signal.SIGCONT ? IsStopped() : !HasGot(number))
            {
                Children.Kill(root, number, () => released.HasRoot || tracees.Find(root) is not null);
            }
        }
    }

    // A process that has ended still takes signals, and nobody gets them. Its number is gone a moment before the ptrace
    // thread knows of the end. So wait until it does.
    private bool HasEnded()
    {
        using (ProcessHandle? process = ProcessHandle.Open(root))
        {
            if (process is null ? Marshal.GetLastSystemError() != errno.ESRCH : !process.HasEnded)
            {
                return supervisor.HasEnded;
            }
        }

        while (!supervisor.HasEnded)
        {
            // The ptrace thread is about to find out, and tells nobody when it has.
            Thread.Sleep(1);
        }

        return true;
    }

    // A command that runs needs no SIGCONT, and its handler must not run twice. If the proxy is stopped, its SIGCONT
    // came before it stopped, and is out of date.
    private bool IsStopped() =>
        tracees.Find(root) is { Job.IsStopped: true } && !supervisor.IsProxyStopped
            && !ProcessStatus.Of(root).HasPending(signal.SIGCONT);

    private bool HasGot(int number)
    {
        if (released.HasRoot)
        {
            // Nobody sees its signals. A key of the terminal has reached it.
            return supervisor.IsAtTerminal && number is (signal.SIGINT or signal.SIGQUIT or signal.SIGTSTP);
        }

        ProcessStatus status = ProcessStatus.Of(root);
        bool pending = status.HasPending(number);
        while (pending && !status.Blocks(number) && tracees.Find(root) is { Job.IsStopped: false }
            && status.HasPending(number))
        {
            // Wait until the log has it. Otherwise it would later be taken for the counterpart of the next signal.
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
            // The ptrace thread may be about to log the signal, and tells nobody when it has.
            Thread.Sleep(1);
        }

        return delivered.Claim(number) || pending;
    }

    // Any thread of the process may take the signal, except one that is stopped as a job.
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
            // The process has ended meanwhile.
            return false;
        }
    }
}

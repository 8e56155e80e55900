using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>The processes that outlive the command's first one.</summary>
internal sealed class Survivors(TraceeTable tracees, Recorder recorder, ReleasedProcesses released)
{
    private const int MostNamed = 8;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);
    private int _ending;

    public bool Any => tracees.Count > 0 || released.Any;

    /// <summary>Puts each of them into the verdict: the trace lacks what they do from now on.</summary>
    public void Record(string fate)
    {
        foreach (Tracee survivor in Processes())
        {
            recorder.AddReason(IncompleteReason.Survivor, survivor.Tgid,
                $"{Describe(survivor.Tgid)} outlived the command and {fate}");
        }
    }

    /// <summary>Describes them for the user, one a line.</summary>
    public string Describe()
    {
        Tracee[] all = [.. Processes()];
        var text = new StringBuilder();
        foreach (Tracee survivor in all.Take(MostNamed))
        {
            text.Append("\nfptrace:   ").Append(survivor.Tgid).Append(' ').Append(Describe(survivor.Tgid));
        }

        if (all.Length > MostNamed)
        {
            text.Append("\nfptrace:   and ").Append(all.Length - MostNamed).Append(" more");
        }

        return text.ToString();
    }

    /// <summary>
    /// Sends SIGHUP to those in the tool's process group, as the kernel does when the leader of a session ends.
    /// </summary>
    /// <remarks>Processes in another group, such as those that called setsid(2), stay.</remarks>
    public void HangUp()
    {
        int group = Jobs.GroupOf(0);
        foreach (Tracee process in Processes().Where(process => Jobs.GroupOf(process.Tgid) == group))
        {
            Children.Kill(process.Tgid, signal.SIGHUP, () => tracees.Find(process.Tid) == process);
            Children.Kill(process.Tgid, signal.SIGCONT, () => tracees.Find(process.Tid) == process);
        }
    }

    /// <summary>Ends them all: SIGTERM, and later SIGKILL for those that are left. Returns at once.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _ending, 1) == 0)
        {
            Record("was ended");
            new Thread(EndAll) { IsBackground = true, Name = "survivors" }.Start();
        }
    }

    private void EndAll()
    {
        SignalAll(signal.SIGTERM);

        // A stopped process takes SIGTERM only when it goes on.
        SignalAll(signal.SIGCONT);
        KillAll(s_grace);
    }

    /// <summary>Sends SIGKILL to all that are left. Returns when none is.</summary>
    /// <param name="grace">How long they may still end by themselves.</param>
    public void KillAll(TimeSpan grace)
    {
        // Nobody tells this thread of their ends, and they may fork meanwhile. So it looks again and again.
        for (long start = Environment.TickCount64; Any; Thread.Sleep(10))
        {
            if (Environment.TickCount64 - start >= grace.TotalMilliseconds)
            {
                SignalAll(signal.SIGKILL);
            }
        }
    }

    private void SignalAll(int number)
    {
        released.Signal(number);
        foreach (Tracee process in Processes())
        {
            Children.Kill(process.Tgid, number, () => tracees.Find(process.Tid) == process);
        }
    }

    // Other threads change the table meanwhile, so each process is taken once, by whichever of its threads comes first.
    // The oldest comes first. Process IDs do not tell that, because they wrap around.
    private IEnumerable<Tracee> Processes() =>
        tracees.All().DistinctBy(tracee => tracee.Tgid).OrderBy(tracee => tracee.Execution.Execution.Id)
            .ThenBy(tracee => tracee.Tgid);

    private static string Describe(int pid)
    {
        string name = ProcessStatus.Of(pid).Name;
        byte[] words = Files.ReadAll(Encoding.ASCII.GetBytes($"/proc/{pid}/cmdline\0")) ?? [];
        string command = Encoding.UTF8.GetString(words.AsSpan(0, Math.Min(words.Length, 200))).TrimEnd('\0')
            .Replace('\0', ' ');

        // A process may put control characters into its name or arguments. Keep the line one line.
        string line = command.Length == 0 ? name : $"{name} ({command})";
        return string.Concat(line.Select(c => char.IsControl(c) ? '?' : c));
    }
}

using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Supervision;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing;

/// <summary>To whom a signal to the tool goes, at moments that no command brings about.</summary>
public sealed class SignalForwarderTests
{
    /// <summary>The first process has ended, and the ptrace thread has not seen it yet, or has done nothing about it.
    /// </summary>
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void SignalForAProcessThatHasEnded_WaitsUntilThatIsKnown(bool isSeen)
    {
        int root = Programs.Spawn("/bin/true"u8.ToArray(), ["true"u8.ToArray()], [], 0);
        var tracees = new TraceeTable();
        var recorder = new Recorder(new Output.TraceSinks([]), new TracePlan());
        var released = new ReleasedProcesses(root, recorder, tracees);
        using var supervisor = new Supervisor(new SupervisionOptions(), new Survivors(tracees, recorder, released));
        var forwarder = new SignalForwarder(root, new SignalLog(), tracees, recorder, supervisor, released);
        using (ProcessHandle? process = ProcessHandle.Open(root))
        {
            Skip.If(process is null, "pidfd_open needs Linux 5.3");
            Assert.True(ProcessHandle.Await([process], 60_000));
        }

        Assert.Equal(isSeen ? root : 0, isSeen ? Children.Wait(root, out _, out _, WaitMode.Block) : 0);
        var thread = new Thread(() => forwarder.Handle(signal.SIGTERM));
        thread.Start();

        // However long this takes, a thread that waits is still there.
        Assert.False(thread.Join(500), "the signal went to a process that nobody waits for");
        supervisor.CommandEnded();
        thread.Join();
        Assert.Equal(isSeen ? -1 : root, Children.Wait(root, out _, out _, WaitMode.Block));
    }
}

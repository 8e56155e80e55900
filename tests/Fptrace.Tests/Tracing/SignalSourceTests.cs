using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Processes;
using Fptrace.Tracing.Supervision;

namespace Fptrace.Tracing;

/// <summary>Signals that come before the tool can forward them.</summary>
public sealed class SignalSourceTests
{
    /// <summary>Who handles a signal may wait for the ptrace thread, which is the one that begins to forward.</summary>
    [Fact]
    public void SignalsThatWait_AreNotHandledOnTheThreadThatBeginsToForward()
    {
        using var noted = new ManualResetEventSlim();
        using var handled = new ManualResetEventSlim();
        int thread = Environment.CurrentManagedThreadId;

        // The runtime calls the handler that was registered last before this one.
        using var last = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => noted.Set());
        using var source = new SignalSource(0);
        Assert.True(Children.Kill(Environment.ProcessId, signal.SIGCONT));
        noted.Wait();
        source.Forward(_ =>
        {
            thread -= Environment.CurrentManagedThreadId;
            handled.Set();
        });
        handled.Wait();
        Assert.NotEqual(0, thread);
    }
}

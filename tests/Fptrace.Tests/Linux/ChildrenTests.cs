using System.Diagnostics;
using Fptrace.Engine;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;
using Fptrace.Support;

namespace Fptrace.Linux;

/// <summary>What a wait for children tells.</summary>
public sealed class ChildrenTests
{
    /// <summary>The proxy waits for the tracer's end, and a stop is none.</summary>
    [Fact]
    public void WaitForOneProcess_TellsNoStopOfOneThatIsNotTraced()
    {
        Requires.Program("sleep");
        using Process child = CommandRunner.Start("/", ["sleep", "600"]);
        try
        {
            LiveRun.Kill(signal.SIGSTOP, child.Id);
            while (!ProcessStatus.Of(child.Id).IsStopped)
            {
                Assert.True(ProcessStatus.Of(child.Id).IsAlive);
                Thread.Yield();
            }

            Assert.Equal(0, Children.Wait(child.Id, out _, out _, WaitMode.Poll));
        }
        finally
        {
            child.Kill();
        }
    }
}

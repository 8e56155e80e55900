using System.Text;
using Fptrace.Model;
using Fptrace.Support;
using Fptrace.Tracing.Plan;

namespace Fptrace.Tracing.Recording;

/// <summary>Sinks that take their time, that fail, and that keep the order.</summary>
public sealed class SinkQueueTests : IDisposable
{
    private readonly SleepingSink _sink = new();
    private readonly Recorder _recorder;
    private readonly ExecutionState _state;

    public SinkQueueTests()
    {
        _recorder = new Recorder(_sink, new TracePlan { Files = true });
        var stub = new ExecutionState(BareExecution.Of(0, 1), _recorder.Forgotten);
        _state = _recorder.Begin(stub, 1, new PendingExec(default, default, [], null), new NewProgram(default, [], []));
    }

    public void Dispose() => _sink.Dispose();

    [Fact]
    public void SinkThatSleeps_KeepsNobodyFromRecording_AndGetsAllInOrder()
    {
        _recorder.Record(_state, AccessKind.Read, "/first"u8, FileType.Regular, default);
        _sink.AwaitSleep();

        // Two threads go on while it sleeps.
        Thread[] others = [Begin(0, 1000), Begin(1, 1000)];
        Assert.All(others, other => Assert.True(other.Join(Wait.Limit)));
        Assert.Equal(["/first"], _sink.Paths);
        Assert.True(_recorder.Knows(_state, "/0/999"u8, Recorder.Bit(AccessKind.Read)));

        _sink.Wake();
        Assert.Empty(_recorder.Verdict.Reasons);
        Assert.Equal(2001, _sink.Paths.Count);
        Assert.Equal(_state.Execution.Accesses.Select(access => access.Path.ToString()), _sink.Paths);
        Assert.Equal(Enumerable.Range(1, 2001).Select(order => (long)order), _sink.Orders);
    }

    [Fact]
    public void EventAfterAPause_ReachesTheSinkByItself()
    {
        _sink.Wake();
        for (int i = 1; i <= 5; i++)
        {
            // Longer than the thread waits for more, so that it must be woken; then shorter.
            Thread.Sleep(i % 2 == 0 ? 1 : 100);
            Read(i, 1);
            Assert.True(Wait.Until(() => _sink.Count == i));
        }
    }

    [Fact]
    public void FullQueue_LetsWhoeverRecordsWait_AndLosesNothing()
    {
        const int Many = 50_000;
        _recorder.Record(_state, AccessKind.Read, "/first"u8, FileType.Regular, default);
        _sink.AwaitSleep();
        Thread recorder = Begin(0, Many);
        Assert.True(Wait.Until(() => recorder.ThreadState.HasFlag(ThreadState.WaitSleepJoin)));
        Assert.InRange(_state.Execution.Accesses.Count, 1000, Many - 1);
        _sink.Wake();
        Assert.True(recorder.Join(Wait.Limit));
        Assert.Empty(_recorder.Verdict.Reasons);
        Assert.Equal(Many + 1, _sink.Paths.Count);
    }

    private Thread Begin(int number, int count)
    {
        var thread = new Thread(() => Read(number, count)) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Read(int number, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _recorder.Record(_state, AccessKind.Read, Encoding.UTF8.GetBytes($"/{number}/{i}"),
                FileType.Regular, default);
        }
    }

    /// <summary>Falls asleep in its first access.</summary>
    private sealed class SleepingSink : ITraceSink, IDisposable
    {
        private readonly ManualResetEventSlim _sleeps = new();
        private readonly ManualResetEventSlim _wakes = new();
        private int _count;

        public List<string> Paths { get; } = [];

        public List<long> Orders { get; } = [];

        public int Count => Volatile.Read(ref _count);

        public void AwaitSleep() => Assert.True(_sleeps.Wait(Wait.Limit));

        public void Wake() => _wakes.Set();

        public void Started(Execution execution)
        {
        }

        public void Accessed(Execution execution, in Access access)
        {
            Paths.Add(access.Path.ToString());
            Orders.Add(access.Order);
            Volatile.Write(ref _count, Paths.Count);
            if (!_sleeps.IsSet)
            {
                _sleeps.Set();
                Assert.True(_wakes.Wait(TimeSpan.FromMinutes(2)));
            }
        }

        public void Exited(Execution execution, int pid, long timeNs, int status)
        {
        }

        public void Ended(Execution execution)
        {
        }

        public void Complete(TraceSummary summary)
        {
        }

        public void Dispose()
        {
            _sleeps.Dispose();
            _wakes.Dispose();
        }
    }
}

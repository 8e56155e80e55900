using System.Diagnostics;
using Fptrace.Linux.Processes;
using Fptrace.Support;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing;

/// <summary>When tracees are pinned to one processor, and that nothing of it stays. Processes that sleep stand for
/// tracees.</summary>
public sealed class ProcessorAffinityTests : IDisposable
{
    private const int EnoughEvents = 200;
    private readonly List<Process> _processes = [];
    private readonly TraceeTable _tracees = new();
    private volatile int _runnable = 1;
    private volatile bool _areRunnable;

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.Dispose();
        }
    }

    [SkippableFact]
    public void WhileNobodyElseWantsToRun_AllAreOnOneProcessor() => OnThreadOfItsOwn(affinity =>
    {
        Tracee[] tracees = [Start(), Start()];
        BustleUntilPinned(affinity);
        Assert.All(tracees, tracee => Assert.Equal(1, Processors(tracee)));
    });

    [SkippableFact]
    public void WhileOthersWantToRun_NobodyIsPinned() => OnThreadOfItsOwn(affinity =>
    {
        Tracee tracee = Start();
        _runnable = 2;
        Bustle(affinity);
        Assert.False(affinity.IsPinned);
        Assert.Equal(All, Processors(tracee));
    });

    [SkippableFact]
    public void WhereStopsAreRare_NobodyIsPinned() => OnThreadOfItsOwn(affinity =>
    {
        Start();
        for (int i = 0; i < 100; i++)
        {
            affinity.Woken();
            Thread.Sleep(2);
        }

        Assert.False(affinity.IsPinned);
    });

    [SkippableFact]
    public void Threads_AreNotPinned() => OnThreadOfItsOwn(affinity =>
    {
        Tracee first = Start();
        Tracee thread = Add(Start().Tid, first.Tgid);
        Bustle(affinity);
        Assert.False(affinity.IsPinned);
        _tracees.Remove(thread);
        BustleUntilPinned(affinity);
        Add(thread.Tid, first.Tgid);
        affinity.Woken();
        Assert.False(affinity.IsPinned);
        Assert.Equal(All, Processors(first));
    });

    [SkippableFact]
    public void WhereAnotherTracerHasPinnedItsOwn_NobodyIsPinned() => OnThreadOfItsOwn(affinity =>
    {
        using ProcessorClaim? first = ProcessorClaim.TryTake(0);
        using ProcessorClaim? second = ProcessorClaim.TryTake(0);
        Assert.Null(second);
        ProcessorClaim?[] claims = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(ProcessorClaim.TryTake)];
        Tracee tracee = Start();
        Bustle(affinity);
        Assert.False(affinity.IsPinned);
        Assert.Equal(All, Processors(tracee));
        foreach (ProcessorClaim? claim in claims)
        {
            claim?.Dispose();
        }
    });

    [SkippableFact]
    public void WhenSeveralWantToRun_TheyAreLetGo() => OnThreadOfItsOwn(affinity =>
    {
        Tracee[] tracees = [Start(), Start()];
        BustleUntilPinned(affinity);
        _areRunnable = true;
        AwaitRelease(affinity, () => affinity.Woken());
        Assert.All(tracees, tracee => Assert.Equal(All, Processors(tracee)));
    });

    [SkippableFact]
    public void WhenNothingHappens_TheyAreLetGo() => OnThreadOfItsOwn(affinity =>
    {
        Tracee tracee = Start();
        BustleUntilPinned(affinity);
        AwaitRelease(affinity, () => { });
        Assert.Equal(All, Processors(tracee));
    });

    [SkippableFact]
    public void WhoAsks_FindsTheProcessorsThatItHas() => OnThreadOfItsOwn(affinity =>
    {
        Tracee tracee = Start();
        BustleUntilPinned(affinity);
        var time = Stopwatch.StartNew();
        affinity.Asked();
        Assert.Equal(All, Processors(tracee));
        Bustle(affinity);
        Assert.False(affinity.IsPinned && time.Elapsed < TimeSpan.FromSeconds(1));
        Assert.True(affinity.MayPin);
    });

    [SkippableFact]
    public void WhatATraceeChooses_Stands() => OnThreadOfItsOwn(affinity =>
    {
        Tracee tracee = Start();
        BustleUntilPinned(affinity);
        affinity.Chosen(tracee.Tid);
        Assert.Equal(All, Processors(tracee));
        Assert.False(affinity.MayPin);

        // It chooses one, and a child of it has the same.
        Confine(tracee);
        Tracee child = Start();
        Confine(child);
        affinity.Born(tracee, child);
        Bustle(affinity);
        Assert.False(affinity.IsPinned);
        Assert.Equal((1, 1), (Processors(tracee), Processors(child)));
    });

    [SkippableFact]
    public void ChildOfAPinnedMaker_IsLetGoWithIt() => OnThreadOfItsOwn(affinity =>
    {
        Tracee maker = Start();
        BustleUntilPinned(affinity);
        Tracee child = Start();
        Confine(child);
        affinity.Born(maker, child);
        Assert.Equal(1, Processors(child));
        affinity.Asked();
        Assert.Equal(All, Processors(child));
    });

    [SkippableFact]
    public void ChildOfAPinnedMaker_ThatIsAnnouncedLate_IsLetGo() => OnThreadOfItsOwn(affinity =>
    {
        Tracee maker = Start();
        BustleUntilPinned(affinity);
        affinity.Asked();
        Tracee child = Start();
        Confine(child);
        affinity.Born(maker, child);
        Assert.Equal(All, Processors(child));

        // Once the maker was heard, its children have what it has chosen.
        affinity.Heard(maker);
        Tracee later = Start();
        Confine(later);
        affinity.Born(maker, later);
        Assert.Equal(1, Processors(later));
    });

    [Fact]
    public void WithoutAnOutputThatNeedsOpens_NobodyIsPinned() =>
        Assert.False(new ProcessorAffinity(_tracees, new TracePlan()).MayPin);

    private static int All => ProcessorMask.Of(Environment.ProcessId)!.Count;

    private static int Processors(Tracee tracee) => ProcessorMask.Of(tracee.Tid)!.Count;

    private static void Confine(Tracee tracee) => Assert.True(ProcessorMask.Current()!.Confine(tracee.Tid));

    private static void Bustle(ProcessorAffinity affinity)
    {
        for (int i = 0; i < EnoughEvents; i++)
        {
            affinity.Woken();
        }
    }

    // Looks in vain are not repeated at once, and those of a thread that had to wait for its processor are in vain.
    private static void BustleUntilPinned(ProcessorAffinity affinity)
    {
        for (var time = Stopwatch.StartNew(); !affinity.IsPinned && time.Elapsed < Wait.Limit;
            Thread.Sleep(1))
        {
            Bustle(affinity);
        }

        Assert.True(affinity.IsPinned);
    }

    private static void AwaitRelease(ProcessorAffinity affinity, Action meanwhile)
    {
        Assert.True(affinity.IsPinned);
        for (var time = Stopwatch.StartNew(); affinity.IsPinned && time.Elapsed < Wait.Limit;)
        {
            Thread.Sleep(1);
            meanwhile();
            affinity.Serve();
        }

        Assert.False(affinity.IsPinned);
    }

    // The one that plays the ptrace thread is confined itself.
    private void OnThreadOfItsOwn(Action<ProcessorAffinity> body)
    {
        Skip.If(All < 2, "needs two processors");
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            var affinity = new ProcessorAffinity(_tracees, () => _runnable, _ => _areRunnable);
            try
            {
                body(affinity);
            }
#pragma warning disable CA1031 // Thrown again below, on the test's own thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                thrown = e;
            }
            finally
            {
                affinity.Leave();
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private Tracee Start()
    {
        Process process = Process.Start("sleep", ["1000"]);
        _processes.Add(process);
        return Add(process.Id, process.Id);
    }

    private Tracee Add(int tid, int tgid)
    {
        var execution = BareExecution.Of(1, tgid);
        var tracee = new Tracee(tid, tgid, new ExecutionState(execution, new ForgottenTrees()));
        _tracees.Add(tracee);
        return tracee;
    }
}

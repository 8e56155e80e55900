using System.Diagnostics;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Support;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing;

/// <summary>When tracees are pinned to one processor, and that nothing of it stays. Processes that sleep stand for tracees.</summary>
public sealed class PlacementTests : IDisposable
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
    public void WhileNobodyElseWantsToRun_AllAreOnOneProcessor() => OnThreadOfItsOwn(placement =>
    {
        Tracee[] tracees = [Start(), Start()];
        BustleUntilPinned(placement);
        Assert.All(tracees, tracee => Assert.Equal(1, Processors(tracee)));
    });

    [SkippableFact]
    public void WhileOthersWantToRun_NobodyIsPinned() => OnThreadOfItsOwn(placement =>
    {
        Tracee tracee = Start();
        _runnable = 2;
        Bustle(placement);
        Assert.False(placement.IsPinned);
        Assert.Equal(All, Processors(tracee));
    });

    [SkippableFact]
    public void WhereStopsAreRare_NobodyIsPinned() => OnThreadOfItsOwn(placement =>
    {
        Start();
        for (int i = 0; i < 100; i++)
        {
            placement.Woken();
            Thread.Sleep(2);
        }

        Assert.False(placement.IsPinned);
    });

    [SkippableFact]
    public void Threads_AreNotPinned() => OnThreadOfItsOwn(placement =>
    {
        Tracee first = Start();
        Tracee thread = Add(Start().Tid, first.Tgid);
        Bustle(placement);
        Assert.False(placement.IsPinned);
        _tracees.Remove(thread.Tid);
        BustleUntilPinned(placement);
        Add(thread.Tid, first.Tgid);
        placement.Woken();
        Assert.False(placement.IsPinned);
        Assert.Equal(All, Processors(first));
    });

    [SkippableFact]
    public void WhereAnotherTracerHasPinnedItsOwn_NobodyIsPinned() => OnThreadOfItsOwn(placement =>
    {
        using ProcessorClaim? first = ProcessorClaim.TryTake(0);
        using ProcessorClaim? second = ProcessorClaim.TryTake(0);
        Assert.Null(second);
        ProcessorClaim?[] claims = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(ProcessorClaim.TryTake)];
        Tracee tracee = Start();
        Bustle(placement);
        Assert.False(placement.IsPinned);
        Assert.Equal(All, Processors(tracee));
        foreach (ProcessorClaim? claim in claims)
        {
            claim?.Dispose();
        }
    });

    [SkippableFact]
    public void WhenSeveralWantToRun_TheyAreLetGo() => OnThreadOfItsOwn(placement =>
    {
        Tracee[] tracees = [Start(), Start()];
        BustleUntilPinned(placement);
        _areRunnable = true;
        AwaitRelease(placement, () => placement.Woken());
        Assert.All(tracees, tracee => Assert.Equal(All, Processors(tracee)));
    });

    [SkippableFact]
    public void WhenNothingHappens_TheyAreLetGo() => OnThreadOfItsOwn(placement =>
    {
        Tracee tracee = Start();
        BustleUntilPinned(placement);
        AwaitRelease(placement, () => { });
        Assert.Equal(All, Processors(tracee));
    });

    [SkippableFact]
    public void WhoAsks_FindsTheProcessorsThatItHas() => OnThreadOfItsOwn(placement =>
    {
        Tracee tracee = Start();
        BustleUntilPinned(placement);
        var time = Stopwatch.StartNew();
        placement.Asked();
        Assert.Equal(All, Processors(tracee));
        Bustle(placement);
        Assert.False(placement.IsPinned && time.Elapsed < TimeSpan.FromSeconds(1));
        Assert.True(placement.MayPin);
    });

    [SkippableFact]
    public void WhatATraceeChooses_Stands() => OnThreadOfItsOwn(placement =>
    {
        Tracee tracee = Start();
        BustleUntilPinned(placement);
        placement.Chosen(tracee.Tid);
        Assert.Equal(All, Processors(tracee));
        Assert.False(placement.MayPin);

        // It chooses one, and a child of it has the same.
        Confine(tracee);
        Tracee child = Start();
        Confine(child);
        placement.Born(tracee, child);
        Bustle(placement);
        Assert.False(placement.IsPinned);
        Assert.Equal((1, 1), (Processors(tracee), Processors(child)));
    });

    [SkippableFact]
    public void ChildOfAPinnedMaker_IsLetGoWithIt() => OnThreadOfItsOwn(placement =>
    {
        Tracee maker = Start();
        BustleUntilPinned(placement);
        Tracee child = Start();
        Confine(child);
        placement.Born(maker, child);
        Assert.Equal(1, Processors(child));
        placement.Asked();
        Assert.Equal(All, Processors(child));
    });

    [SkippableFact]
    public void ChildOfAPinnedMaker_ThatIsAnnouncedLate_IsLetGo() => OnThreadOfItsOwn(placement =>
    {
        Tracee maker = Start();
        BustleUntilPinned(placement);
        placement.Asked();
        Tracee child = Start();
        Confine(child);
        placement.Born(maker, child);
        Assert.Equal(All, Processors(child));

        // Once the maker was heard, its children have what it has chosen.
        placement.Heard(maker);
        Tracee later = Start();
        Confine(later);
        placement.Born(maker, later);
        Assert.Equal(1, Processors(later));
    });

    [Fact]
    public void WithoutAnOutputThatNeedsOpens_NobodyIsPinned() => Assert.False(new Placement(_tracees, new TracePlan()).MayPin);

    private static int All => ProcessorMask.Of(Environment.ProcessId)!.Count;

    private static int Processors(Tracee tracee) => ProcessorMask.Of(tracee.Tid)!.Count;

    private static void Confine(Tracee tracee) => Assert.True(ProcessorMask.Current()!.Confine(tracee.Tid));

    private static void Bustle(Placement placement)
    {
        for (int i = 0; i < EnoughEvents; i++)
        {
            placement.Woken();
        }
    }

    // Looks in vain are not repeated at once, and those of a thread that had to wait for its processor are in vain.
    private static void BustleUntilPinned(Placement placement)
    {
        for (var time = Stopwatch.StartNew(); !placement.IsPinned && time.Elapsed < TimeSpan.FromMinutes(1); Thread.Sleep(1))
        {
            Bustle(placement);
        }

        Assert.True(placement.IsPinned);
    }

    private static void AwaitRelease(Placement placement, Action meanwhile)
    {
        Assert.True(placement.IsPinned);
        for (var time = Stopwatch.StartNew(); placement.IsPinned && time.Elapsed < TimeSpan.FromMinutes(1);)
        {
            Thread.Sleep(1);
            meanwhile();
            placement.Serve();
        }

        Assert.False(placement.IsPinned);
    }

    // The one that plays the ptrace thread is confined itself.
    private void OnThreadOfItsOwn(Action<Placement> body)
    {
        Skip.If(All < 2, "needs two processors");
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            var placement = new Placement(_tracees, () => _runnable, _ => _areRunnable);
            try
            {
                body(placement);
            }
#pragma warning disable CA1031 // Thrown again below, on the test's own thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                thrown = e;
            }
            finally
            {
                placement.Leave();
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
        var execution = new Execution { Id = 1, ParentId = 0, Pid = tgid, StartNs = 0, Directory = default, Path = default, Arguments = [] };
        var tracee = new Tracee(tid, tgid, new ExecutionState(execution, new ForgottenTrees()));
        _tracees.Add(tracee);
        return tracee;
    }
}

using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Scheduling;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Answers seccomp notifications: each call is looked at and let go.</summary>
/// <param name="giveUp">Called when somebody asks and cannot be answered.</param>
/// <remarks>
/// The kernel wakes every thread that waits for a notification, so one waits alone as long as it keeps up. Others join
/// when questions pile up behind it, or when it is held up by a file system that does not answer, and step back when it
/// is calm again.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Its threads use the event until the tool ends.")]
internal sealed class NotificationLoop(
    Listener listener, TraceeTable tracees, Recorder recorder, DescriptorNames names, Retries retries,
    ProcessorAffinity affinity, Action<FptraceException> giveUp)
{
    private const int FewestThreads = 2;
    private const int MostThreads = 8;

    // Questions after which the one who answers looks whether another waits.
    private const int Look = 2;

    // Questions in a row with none waiting after which one of several steps back.
    private const int Calm = 200;

    // Milliseconds after which one of those who stepped back looks for itself, and after which another takes its place
    // when it has joined.
    private const int Watch = 20;
    private const int Rest = 1000;

    private readonly AutoResetEvent _more = new(initialState: false);
    private int _receivers;
    private int _watched;
    private int _spare;
    private int _hasWatch;
    private int _answered;

    public void Start()
    {
        for (int i = 0; i < Math.Clamp(Environment.ProcessorCount, FewestThreads, MostThreads); i++)
        {
            Start(Run);
        }
    }

    // They end with the tool: a listener whose filter is gone tells nobody before Linux 6.11.
    private static void Start(ThreadStart run) =>
        new Thread(run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "notifications" }.Start();

    private void Run() => Run(handler =>
    {
        do
        {
            Join();
        }
        while (Serve(handler));
        _more.Set();
    });

    /// <summary>
    /// Keeps watch while no other is to spare: all may wait for file systems that do not answer, and what answers for
    /// one of these may be a process of the command that waits for us. So there are as many as are held up, and one
    /// more.
    /// </summary>
    private void RunWatch()
    {
        int answered;
        do
        {
            answered = Volatile.Read(ref _answered);
            Thread.Sleep(Watch);
            if (Volatile.Read(ref _spare) > 0)
            {
                Volatile.Write(ref _hasWatch, 0);
                if (Volatile.Read(ref _spare) > 0 || Interlocked.Exchange(ref _hasWatch, 1) == 1)
                {
                    return;
                }
            }
        }
        while (answered != Volatile.Read(ref _answered) || !listener.HasMore);

        Start(RunWatch);
        Interlocked.Increment(ref _receivers);
        Run(handler =>
        {
            if (!Serve(handler))
            {
                _more.Set();
            }
        });
    }

    private void Run(Action<SyscallHandler> serve)
    {
        try
        {
            serve(new SyscallHandler(recorder, names, affinity));
        }
        catch (Exception e) when (e is FptraceException or KernelDenialException or OutOfMemoryException)
        {
            _more.Set();
            giveUp(UnforeseenFailure.Of(e));
        }
    }

    /// <summary>Answers until this thread is not needed.</summary>
    /// <returns>false when nobody will ask any more.</returns>
    private bool Serve(SyscallHandler handler)
    {
        int calm = 0;
        do
        {
            // One that waits already came while another was answered.
            if (++calm % Look == 0 && listener.HasMore)
            {
                calm = 0;
                _more.Set();
            }

            if (!listener.Receive(out NotificationStop stop))
            {
                return false;
            }

            int error = Handle(handler, stop);
            _answered++;
            if (error != 0)
            {
                stop.Refuse(error);
            }
            else
            {
                stop.Continue();
            }
        }
        while (calm < Calm || !StepBack());
        return true;
    }

    /// <summary>Returns when this thread is needed.</summary>
    private void Join()
    {
        if (Interlocked.CompareExchange(ref _receivers, 1, 0) == 0)
        {
            return;
        }

        bool watches = false;
        Interlocked.Increment(ref _spare);
        do
        {
            watches = watches || Interlocked.Exchange(ref _watched, 1) == 0;
        }
        while (!_more.WaitOne(watches ? Watch : Rest) && !(watches && listener.HasMore));

        if (watches)
        {
            Volatile.Write(ref _watched, 0);
        }

        if (Interlocked.Decrement(ref _spare) == 0 && Interlocked.Exchange(ref _hasWatch, 1) == 0)
        {
            Start(RunWatch);
        }

        Interlocked.Increment(ref _receivers);
    }

    private bool StepBack()
    {
        int receivers = Volatile.Read(ref _receivers);
        return receivers > 1 && Interlocked.CompareExchange(ref _receivers, receivers - 1, receivers) == receivers;
    }

    /// <returns>0 for a call that goes on; otherwise −errno, or <see cref="Restart.Always"/> for one whose thread was
    /// interrupted to make it again.</returns>
    [SuppressMessage("Design", "CA1031",
        Justification = "A fault of ours must not take the command down: the call goes on and the trace says so.")]
    internal int Handle(SyscallHandler handler, scoped in NotificationStop stop)
    {
        Tracee? tracee = tracees.Find(stop.Tid);
        if (tracee?.World.Filters is { } filters && filters.Trace(stop.Call))
        {
            // The filter leaves it to a tracer of the command's, which has none (seccomp(2)).
            return -errno.ENOSYS;
        }

        if (recorder.IsComplete || !SyscallEntry.TryCreate(stop.Call, out SyscallEntry call))
        {
            return 0;
        }

        if (tracee is null)
        {
            // Its end may have been seen before its question was read; if it still stands there, it escaped from
            // ptrace.
            if (stop.IsValid)
            {
                recorder.AddReason(IncompleteReason.UntracedChild, stop.Tid,
                    "it runs under the filter and is not traced");
            }

            return 0;
        }

        try
        {
            // At its second time the ptrace thread has handled it.
            EntryAnswer answer = tracee.Call.Retry == Retry.UnderWay
                ? EntryAnswer.Go
                : handler.Enter(stop, tracee, call);
            return answer switch
            {
                EntryAnswer.MakeAgain => MakeAgain(stop, tracee),
                EntryAnswer.Skip => (int)(handler.Release(tracee)?.Answer ?? 0),
                _ => 0,
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            recorder.AddReason(IncompleteReason.Internal, stop.Tid, e.GetType().Name + ": " + e.Message);
            return 0;
        }
    }

    private int MakeAgain(scoped in NotificationStop stop, Tracee tracee)
    {
        if (retries.TryInterrupt(tracee))
        {
            return (int)Restart.Always;
        }

        // It is gone, as a rule. If it still waits for its answer, nobody sees what becomes of its call.
        if (stop.IsValid)
        {
            recorder.AddReason(IncompleteReason.Internal, tracee.Tgid, "a call could not be followed to its end");
        }

        return 0;
    }
}

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

/// <summary>Answers seccomp notifications: looks at each call and lets it go on.</summary>
/// <param name="giveUp">Called when a thread can no longer answer.</param>
/// <remarks>
/// The kernel wakes every thread that waits for a notification, which costs time. So one thread waits alone as long as
/// it keeps up. Others join it when notifications pile up, or when it is held up by a file system that does not answer.
/// They step back when few come.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Its threads use the event until the tool ends.")]
internal sealed class NotificationLoop(
    Listener listener, TraceeTable tracees, Recorder recorder, DescriptorNames names, Retries retries,
    ProcessorAffinity affinity, Action<FptraceException> giveUp)
{
    private const int FewestThreads = 2;
    private const int MostThreads = 8;

    // After this many notifications, a thread looks whether another one waits.
    private const int Look = 2;

    // After this many notifications in a row with no other one waiting, one of several threads steps back.
    private const int Calm = 200;

    // One spare thread looks every Watch milliseconds whether notifications wait. The others look every Rest
    // milliseconds whether it has joined those that answer, so that one of them must take its place.
    private const int Watch = 20;
    private const int Rest = 1000;

    private readonly AutoResetEvent _more = new(initialState: false);
    private readonly FastArming? _fast =
        recorder.Plan.Fast is { } fast ? new FastArming(fast, recorder, tracees) : null;
    private int _receivers;
    private int _watched;
    private int _spare;
    private int _hasWatch;
    private int _busy;
    private int _answered;

    public void Start()
    {
        for (int i = 0; i < Math.Clamp(Environment.ProcessorCount, FewestThreads, MostThreads); i++)
        {
            Start(Run);
        }
    }

    // The threads end with the tool. Before Linux 6.11 the listener does not tell when its filter has no user any more.
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
    /// Adds a thread when no spare one is left. All threads may wait for file systems that do not answer, and the FUSE
    /// daemon of one may be a process of the command that itself waits for an answer. So there is always one thread
    /// more than are held up. A thread that the kernel delivers nothing to is not held up, and another would get
    /// nothing either.
    /// </summary>
    private void RunWatch()
    {
        int answered;
        do
        {
            answered = Volatile.Read(ref _answered);

            // A thread that a file system holds up cannot tell so. Only that nothing was answered for a while does.
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
        while (answered != Volatile.Read(ref _answered)
            || Volatile.Read(ref _busy) < Volatile.Read(ref _receivers)
            || !listener.HasMore);

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

    /// <summary>Answers notifications until this thread is not needed.</summary>
    /// <returns>false when no process is left that could send one.</returns>
    private bool Serve(SyscallHandler handler)
    {
        int calm = 0;
        do
        {
            // A notification that waits already came while this thread answered another one.
            if (++calm % Look == 0 && listener.HasMore)
            {
                calm = 0;
                _more.Set();
            }

            if (!listener.Receive(out NotificationStop stop))
            {
                return false;
            }

            Interlocked.Increment(ref _busy);
            int error = Handle(handler, stop);
            if (error != 0)
            {
                stop.Refuse(error);
            }
            else
            {
                stop.Continue();
            }

            Interlocked.Decrement(ref _busy);
            _answered++;
        }
        while (calm < Calm || !StepBack());
        return true;
    }

    /// <summary>Waits until this thread is needed.</summary>
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

    /// <returns>
    /// 0 to let the call go on, −errno to refuse it, or how the thread makes the call again when it was interrupted.
    /// </returns>
    [SuppressMessage("Design", "CA1031",
        Justification = "A fault of ours must not take the command down: the call goes on and the trace says so.")]
    internal int Handle(SyscallHandler handler, scoped in NotificationStop stop)
    {
        Tracee? tracee = tracees.Find(stop.Tid);
        if (tracee?.World.Filters is { } filters && filters.Trace(stop.Call))
        {
            // A filter of the command's answers SECCOMP_RET_TRACE. Without a tracer the call fails with ENOSYS
            // (seccomp(2)).
            return -errno.ENOSYS;
        }

        if (recorder.IsComplete || !SyscallEntry.TryCreate(stop.Call, out SyscallEntry call))
        {
            return 0;
        }

        if (tracee is null)
        {
            // The ptrace thread may have seen its end before this thread read the notification. If the notification is
            // still valid, the thread lives and is not traced.
            if (stop.IsValid)
            {
                recorder.AddReason(IncompleteReason.UntracedChild, stop.Tid,
                    "it runs under the filter and is not traced");
            }

            return 0;
        }

        try
        {
            ulong generation = _fast?.Generation ?? 0;

            // When the call is made again, the ptrace thread has handled it already.
            EntryAnswer answer = tracee.Call.TryLetGo()
                ? EntryAnswer.Go
                : handler.Enter(stop, tracee, call);
            if (answer == EntryAnswer.Go && tracee.Call.Retry == Retry.None
                && _fast?.Handled(handler, tracee, call, stop.Call.instruction_pointer, generation) == true)
            {
                return InterruptForArming(tracee);
            }

            return answer switch
            {
                EntryAnswer.MakeAgain => MakeAgain(handler, stop, tracee, call),
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

    private int InterruptForArming(Tracee tracee)
    {
        tracee.Fast.IsToBeArmed = true;
        if (retries.TryInterrupt(tracee))
        {
            return (int)Restart.Always;
        }

        tracee.Fast.IsToBeArmed = false;
        return 0;
    }

    private int MakeAgain(
        SyscallHandler handler, scoped in NotificationStop stop, Tracee tracee, in SyscallEntry call)
    {
        // For the program the call may wait already, and perhaps only the handler of a signal ever ends that wait. So
        // let it fail with EINTR if the handler asks for that.
        Restart restart = handler.MayHaveWaited(tracee, call) ? Restart.IfAsked : Restart.Always;
        if (retries.TryInterrupt(tracee))
        {
            return (int)restart;
        }

        // As a rule the thread is gone. If it still waits for the answer, nobody will see the result of its call.
        if (stop.IsValid)
        {
            recorder.AddReason(IncompleteReason.Internal, tracee.Tgid, "a call could not be followed to its end");
        }

        return 0;
    }
}

using System.Diagnostics.CodeAnalysis;
using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Answers seccomp notifications on several threads: each call is looked at and let go.</summary>
/// <param name="giveUp">Called when somebody asks and cannot be answered.</param>
internal sealed class NotificationLoop(Listener listener, TraceeTable tracees, Recorder recorder, DescriptorNames names, Action<FptraceException> giveUp)
{
    private const int FewestThreads = 2;
    private const int MostThreads = 8;

    public void Start()
    {
        for (int i = 0; i < Math.Clamp(Environment.ProcessorCount, FewestThreads, MostThreads); i++)
        {
            // They end with the tool: a listener whose filter is gone tells nobody before Linux 6.11.
            new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "notifications" }.Start();
        }
    }

    private void Run()
    {
        var handler = new SyscallHandler(recorder, names);
        try
        {
            while (listener.Receive(out seccomp_notif notification))
            {
                Handle(handler, notification);
                listener.Continue(notification.id);
            }
        }
        catch (FptraceException e)
        {
            giveUp(e);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fault of ours must not take the command down: the call goes on and the trace says so.")]
    private void Handle(SyscallHandler handler, in seccomp_notif notification)
    {
        if (recorder.IsComplete || !SyscallEntry.TryCreate(notification.data, out SyscallEntry call))
        {
            return;
        }

        int tid = (int)notification.pid;
        if (tracees.Find(tid) is not { } tracee)
        {
            // Its end may have been seen before its question was read; if it still stands there, it escaped from ptrace.
            if (listener.IsValid(notification.id))
            {
                recorder.AddReason(IncompleteReason.UntracedChild, tid, "it runs under the filter and is not traced");
            }

            return;
        }

        try
        {
            handler.Enter(tracee, call, seesExit: false);
        }
        catch (Exception e)
        {
            recorder.AddReason(IncompleteReason.Internal, tid, e.GetType().Name + ": " + e.Message);
        }
    }
}

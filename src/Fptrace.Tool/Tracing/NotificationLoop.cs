using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Answers seccomp notifications on several threads: each call is looked at and let go.</summary>
internal sealed class NotificationLoop(Listener listener, TraceeTable tracees, Recorder recorder, DescriptorNames names)
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
        while (listener.Receive(out seccomp_notif notification))
        {
            Handle(handler, notification);
            listener.Continue(notification.id);
        }
    }

    private void Handle(SyscallHandler handler, in seccomp_notif notification)
    {
        if (SyscallEntry.TryCreate(notification.data, out SyscallEntry call) && tracees.Find((int)notification.pid) is { } tracee)
        {
            handler.Enter(tracee, call, seesExit: false);
        }
    }
}

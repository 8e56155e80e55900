using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>A thread that stands still in a system call until its notification is answered
/// (seccomp_unotify(2)).</summary>
/// <remarks>Made by <see cref="Listener.Receive"/>. It cannot be kept beyond the handling of the call.</remarks>
internal readonly ref struct NotificationStop
{
    private readonly Listener _listener;
    private readonly seccomp_notif _notification;

    internal NotificationStop(Listener listener, scoped in seccomp_notif notification)
    {
        _listener = listener;
        _notification = notification;
    }

    public int Tid => (int)_notification.pid;

    /// <summary>The call.</summary>
    [UnscopedRef]
    public ref readonly seccomp_data Call => ref _notification.data;

    /// <summary>Whether it still waits for the answer: what we read of it since was its own and not that of a successor
    /// of its id.</summary>
    public bool IsValid => _listener.IsValid(_notification.id);

    /// <summary>Lets the call go on. A thread that is gone by now needs no answer.</summary>
    /// <exception cref="KernelDenialException">It still waits and cannot be answered.</exception>
    public void Continue() =>
        _listener.Answer(new() { id = _notification.id, flags = seccomp.SECCOMP_USER_NOTIF_FLAG_CONTINUE });

    /// <summary>The call is not made: it returns an error.</summary>
    /// <param name="error">
    /// −errno. <see cref="Restart.Always"/> makes it again as soon as its thread, which was interrupted
    /// (PTRACE_INTERRUPT), has stopped for that; it never reaches the program, for a thread that is interrupted looks
    /// at it first. </param>
    /// <exception cref="KernelDenialException">It still waits and cannot be answered.</exception>
    public void Refuse(int error) => _listener.Answer(new() { id = _notification.id, error = error });
}

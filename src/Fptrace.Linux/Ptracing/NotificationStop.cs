using System.Diagnostics.CodeAnalysis;
using Fptrace.Linux.Headers;

namespace Fptrace.Linux.Ptracing;

/// <summary>A thread that stands still in a system call until its notification is answered
/// (seccomp_unotify(2)).</summary>
/// <remarks>
/// Made by <see cref="Listener.Receive"/>. As a ref struct it cannot be kept after the call is handled.
/// </remarks>
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

    /// <summary>The system call.</summary>
    [UnscopedRef]
    public ref readonly seccomp_data Call => ref _notification.data;

    /// <summary>
    /// Whether the thread still waits for the answer. If so, its ID was not reused, and what we read was its own.
    /// </summary>
    public bool IsValid => _listener.IsValid(_notification.id);

    /// <summary>Lets the kernel make the call. Does nothing if the thread no longer waits.</summary>
    /// <exception cref="KernelDenialException">It still waits and cannot be answered.</exception>
    public void Continue() =>
        _listener.Answer(new() { id = _notification.id, flags = seccomp.SECCOMP_USER_NOTIF_FLAG_CONTINUE });

    /// <summary>Makes the call return an error without being made.</summary>
    /// <param name="error">−errno, or a <see cref="Restart"/>, which makes the call again, provided that the thread was
    /// interrupted before (PTRACE_INTERRUPT). It first stops for that, so the program never sees this value.</param>
    /// <exception cref="KernelDenialException">It still waits and cannot be answered.</exception>
    public void Refuse(int error) => _listener.Answer(new() { id = _notification.id, error = error });
}

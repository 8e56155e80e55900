using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Tmds.Linux;

namespace Fptrace.Linux.Ptracing;

/// <summary>
/// The listener for seccomp user notifications (seccomp_unotify(2)). Owns the descriptor; several threads may receive.
/// </summary>
internal sealed unsafe class Listener(int fd)
{
    /// <summary>Asks the kernel to wake the receiver on the tracee's own CPU, where it can (Linux 6.6).</summary>
    /// <remarks>A wake-up on another CPU takes six times as long. This ioctl takes its flags by value.</remarks>
    /// <returns>Whether it can.</returns>
    public bool UseSynchronousWakeUp() =>
        libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SET_FLAGS, (void*)seccomp.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) == 0;

    /// <summary>Whether the kernel knows the answer by which a call goes on (Linux 5.5).</summary>
    /// <remarks>
    /// It looks at an answer's flags first, and then for who asked. So an answer to nobody tells, and costs nobody
    /// anything. Ask before anybody can ask.
    /// </remarks>
    /// <returns>0, EINVAL if it does not, or why it cannot be answered at all.</returns>
    public int FindContinueError()
    {
        seccomp_notif_resp response = new() { flags = seccomp.SECCOMP_USER_NOTIF_FLAG_CONTINUE };
        while (libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SEND, &response) != 0)
        {
            int error = Marshal.GetLastSystemError();
            if (error != errno.EINTR)
            {
                return error == errno.ENOENT ? 0 : error;
            }
        }

        return 0;
    }

    // A millisecond apart but for the first ones: many may be killed at once.
    private const int MostAttempts = 1000;
    private const int HastyAttempts = 100;

    /// <summary>Waits for the next notification; false when there will be none.</summary>
    /// <exception cref="KernelDenialException">A notification is waiting, but cannot be received.</exception>
    public bool Receive(out NotificationStop stop)
    {
        stop = default;
        for (int attempts = 0; ;)
        {
            seccomp_notif notification = default;
            if (libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0)
            {
                stop = new NotificationStop(this, notification);
                return true;
            }

            // ENOENT: the tracee was killed or interrupted before we received its notification, or no tracee is left
            // (Linux 6.11). After any error, go on while tracees can still send notifications: otherwise they would
            // wait forever.
            int error = Marshal.GetLastSystemError();
            if (error == errno.EINTR)
            {
                continue;
            }

            int events = Poll();
            if ((events & LibC.POLLHUP) != 0)
            {
                return false;
            }

            attempts = (events & LibC.POLLIN) != 0 ? attempts + 1 : 0;
            if (attempts > MostAttempts || (events & LibC.POLLNVAL) != 0)
            {
                throw Denied("heard", error);
            }

            if (attempts > HastyAttempts || error != errno.ENOENT)
            {
                // Nothing tells when the kernel can deliver again, and the call fails without waiting: without a pause
                // this loop would take a processor.
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Whether a notification is waiting that no thread has received.</summary>
    public bool HasMore => (Poll() & LibC.POLLIN) != 0;

    private int Poll()
    {
        pollfd poll = new() { fd = fd, events = LibC.POLLIN };
        return libc.poll((nint)(&poll), 1, 0) > 0 ? poll.revents : 0;
    }

    private static KernelDenialException Denied(string what, int error) =>
        new(
            $"a notification of seccomp cannot be {what} ({Marshal.GetPInvokeErrorMessage(error)}); what still ran "
                + "was ended");

    /// <summary>Whether a notification still waits for its answer. For <see cref="NotificationStop"/>.</summary>
    internal bool IsValid(ulong id)
    {
        int result;
        do
        {
            result = libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
        }
        while (result != 0 && Marshal.GetLastSystemError() == errno.EINTR);
        return result == 0;
    }

    /// <summary>Answers a notification. For <see cref="NotificationStop"/>.</summary>
    internal void Answer(seccomp_notif_resp response)
    {
        for (int attempts = 0; libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SEND, &response) != 0; attempts++)
        {
            // The runtime's own signals, too, interrupt this call. Repeat it, or the tracee would wait forever.
            int error = Marshal.GetLastSystemError();
            if (error == errno.EINTR)
            {
                continue;
            }

            if (!IsValid(response.id))
            {
                return;
            }

            if (attempts > MostAttempts)
            {
                throw Denied("answered", error);
            }

            // Nothing tells when the kernel would take the answer: the fault is its own, or a sandbox's.
            Thread.Sleep(1);
        }
    }
}

using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Tmds.Linux;

namespace Fptrace.Linux.Ptracing;

/// <summary>A seccomp user notification descriptor (seccomp_unotify(2)). Owns the descriptor; several threads may
/// receive.</summary>
internal sealed unsafe class Listener(int fd)
{
    /// <summary>Asks for the fast way to be woken, where the kernel has it.</summary>
    /// <remarks>By value. Without it the tracee wakes us on another CPU, which costs six times as much (Linux
    /// 6.6).</remarks>
    public void UseSynchronousWakeUp() =>
        _ = libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SET_FLAGS, (void*)seccomp.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);

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

    /// <summary>Blocks for the next notification; false when there will be none.</summary>
    /// <exception cref="KernelDenialException">Somebody asks and cannot be heard.</exception>
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

            // ENOENT: the tracee was killed or interrupted between its notification and our reading it, or no tracee is
            // left (Linux 6.11). Whatever else it is: while a tracee may ask, somebody must listen, or it waits for
            // ever.
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
                // It fails at once, so to ask again at once would only spin.
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Whether a notification waits that nobody has received.</summary>
    public bool HasMore => (Poll() & LibC.POLLIN) != 0;

    private int Poll()
    {
        pollfd poll = new() { fd = fd, events = LibC.POLLIN };
        return LibC.poll(&poll, 1, 0) > 0 ? poll.revents : 0;
    }

    private static KernelDenialException Denied(string what, int error) =>
        new(
            $"a notification of seccomp cannot be {what} ({Marshal.GetPInvokeErrorMessage(error)}); what still ran "
                + "was ended");

    /// <summary>Whether a notification still waits for its answer. By <see cref="NotificationStop"/>.</summary>
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

    /// <summary>Answers a notification. By <see cref="NotificationStop"/>.</summary>
    internal void Answer(seccomp_notif_resp response)
    {
        for (int attempts = 0; libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SEND, &response) != 0; attempts++)
        {
            // The runtime's own signals interrupt it too, and the tracee would wait for ever.
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

            // As above.
            Thread.Sleep(1);
        }
    }
}

using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Fptrace.Interop;

/// <summary>A seccomp user notification descriptor (seccomp_unotify(2)). Owns the descriptor; several threads may receive.</summary>
internal sealed unsafe class Listener(int fd)
{
    // ERESTARTNOINTR of the kernel's linux/errno.h, which no program sees.
    private const int RestartCall = 513;

    /// <summary>Asks for the fast way to be woken, where the kernel has it.</summary>
    /// <remarks>By value. Without it the tracee wakes us on another CPU, which costs six times as much (Linux 6.6).</remarks>
    public void UseSynchronousWakeUp() =>
        _ = libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SET_FLAGS, (void*)seccomp.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);

    /// <summary>Blocks for the next notification; false when there will be none.</summary>
    public bool Receive(out seccomp_notif notification)
    {
        while (true)
        {
            notification = default;
            fixed (seccomp_notif* p = &notification)
            {
                if (libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_RECV, p) == 0)
                {
                    return true;
                }
            }

            // ENOENT: the tracee was killed or interrupted between its notification and our reading it, or no tracee is left (Linux 6.11).
            // Whatever else it is: while a tracee may ask, somebody must listen, or it waits for ever.
            int error = Marshal.GetLastSystemError();
            if (error == errno.EINTR)
            {
                continue;
            }

            if (error == errno.EBADF || IsAbandoned())
            {
                return false;
            }

            if (error != errno.ENOENT)
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Whether a notification waits that nobody has received.</summary>
    public bool HasMore
    {
        get
        {
            pollfd poll = new() { fd = fd, events = LibC.POLLIN };
            return LibC.poll(&poll, 1, 0) > 0 && (poll.revents & LibC.POLLIN) != 0;
        }
    }

    private bool IsAbandoned()
    {
        pollfd poll = new() { fd = fd };
        return LibC.poll(&poll, 1, 0) > 0 && (poll.revents & LibC.POLLHUP) != 0;
    }

    /// <summary>Whether the tracee still waits for the answer: what we read of it since was its own and not that of a successor of its id.</summary>
    public bool IsValid(ulong id) => libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;

    /// <summary>The call is not made now, but again as soon as its thread, which was interrupted (PTRACE_INTERRUPT), has stopped for that.</summary>
    /// <remarks>What a call returns inside the kernel when it is to be made again. It never reaches the program: a thread that is interrupted looks at it first.</remarks>
    public void MakeAgain(ulong id)
    {
        seccomp_notif_resp response = new() { id = id, error = -RestartCall };
        _ = libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SEND, &response);
    }

    /// <summary>Lets the call go on. A tracee that is gone by now needs no answer.</summary>
    public void Continue(ulong id)
    {
        seccomp_notif_resp response = new() { id = id, flags = seccomp.SECCOMP_USER_NOTIF_FLAG_CONTINUE };
        _ = libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SEND, &response);
    }
}

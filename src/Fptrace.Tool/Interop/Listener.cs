using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Fptrace.Interop;

/// <summary>A seccomp user notification descriptor (seccomp_unotify(2)). Owns the descriptor; several threads may receive.</summary>
internal sealed unsafe class Listener(int fd)
{
    private const int SYS_pidfd_open = 434;
    private const int SYS_pidfd_getfd = 438;

    /// <summary>Takes the descriptor <paramref name="number"/> out of a process that we trace (Linux 5.6).</summary>
    /// <returns>null when the kernel refuses.</returns>
    public static Listener? Take(int pid, int number)
    {
        int pidfd = (int)libc.syscall(SYS_pidfd_open, pid, 0, 0, 0, 0);
        if (pidfd < 0)
        {
            return null;
        }

        int fd = (int)libc.syscall(SYS_pidfd_getfd, pidfd, number, 0, 0, 0);
        _ = LibC.close(pidfd);
        if (fd < 0)
        {
            return null;
        }

        // By value. Without it the tracee wakes us on another CPU, which costs six times as much (Linux 6.6).
        _ = libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SET_FLAGS, (void*)seccomp.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
        return new Listener(fd);
    }

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
            int error = Marshal.GetLastSystemError();
            if (error != errno.EINTR && (error != errno.ENOENT || IsAbandoned()))
            {
                return false;
            }
        }
    }

    private bool IsAbandoned()
    {
        pollfd poll = new() { fd = fd };
        return LibC.poll(&poll, 1, 0) > 0 && (poll.revents & LibC.POLLHUP) != 0;
    }

    /// <summary>Whether the tracee still waits for the answer: what we read of it since was its own and not that of a successor of its id.</summary>
    public bool IsValid(ulong id) => libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;

    /// <summary>Lets the call go on. A tracee that is gone by now needs no answer.</summary>
    public void Continue(ulong id)
    {
        seccomp_notif_resp response = new() { id = id, flags = seccomp.SECCOMP_USER_NOTIF_FLAG_CONTINUE };
        _ = libc.ioctl(fd, seccomp.SECCOMP_IOCTL_NOTIF_SEND, &response);
    }
}

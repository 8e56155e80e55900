using System.Runtime.InteropServices;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Tmds.Linux;
using static Fptrace.Linux.Headers.asm;
using iovec = Tmds.Linux.iovec;

namespace Fptrace.Linux.Descriptors;

/// <summary>One end of a socket pair that preserves message boundaries (SOCK_SEQPACKET).</summary>
internal sealed unsafe class MessageSocket(int fd) : IDisposable
{
    // CMSG_SPACE of one descriptor.
    private const int ControlSize = 24;

    public int Descriptor { get; } = fd;

    /// <exception cref="KernelDenialException">The process has no descriptors left.</exception>
    public static (MessageSocket Ours, MessageSocket Theirs) Pair()
    {
        int* ends = stackalloc int[2];
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, ends) != 0)
        {
            int error = LibC.errno;
            throw new KernelDenialException("cannot make a socket pair: "
                + Marshal.GetPInvokeErrorMessage(error), error);
        }

        return (new MessageSocket(ends[0]), new MessageSocket(ends[1]));
    }

    public bool Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* p = message)
        {
            nint sent;
            do
            {
                sent = (nint)LibC.send(Descriptor, p, message.Length, LibC.MSG_NOSIGNAL);
            }
            while (sent < 0 && LibC.errno == errno.EINTR);
            return sent == message.Length;
        }
    }

    /// <summary>Waits for a message.</summary>
    /// <returns>Its length; 0 or less when the other end is closed.</returns>
    public int Receive(Span<byte> message) => Receive(message, flags: 0);

    /// <summary>Receives a message that is there already.</summary>
    /// <returns>Its length; 0 or less when there is none.</returns>
    public int ReceiveWaiting(Span<byte> message) => Receive(message, LibC.MSG_DONTWAIT);

    private int Receive(Span<byte> message, int flags)
    {
        while (true)
        {
            fixed (byte* p = message)
            {
                nint length = (nint)LibC.recv(Descriptor, p, message.Length, flags);
                if (length >= 0 || LibC.errno != errno.EINTR)
                {
                    return (int)length;
                }
            }
        }
    }

    /// <summary>Sends a message together with a descriptor (SCM_RIGHTS).</summary>
    /// <param name="message">At least one byte.</param>
    /// <param name="descriptor">The descriptor. The receiver gets a duplicate.</param>
    /// <param name="pass">Passed in the two registers after the arguments of sendmsg. The kernel ignores them, but a
    /// seccomp filter can check them.</param>
    public bool Send(ReadOnlySpan<byte> message, int descriptor, ulong pass)
    {
        byte* control = stackalloc byte[ControlSize];
        *(cmsghdr*)control = new cmsghdr
        {
            cmsg_len = sizeof(cmsghdr) + sizeof(int),
            cmsg_level = LibC.SOL_SOCKET,
            cmsg_type = LibC.SCM_RIGHTS,
        };
        *(int*)(control + sizeof(cmsghdr)) = descriptor;
        fixed (byte* p = message)
        {
            iovec data = new() { iov_base = p, iov_len = message.Length };
            msghdr header = new() { msg_iov = &data, msg_iovlen = 1, msg_control = control,
                msg_controllen = ControlSize };
            return libc.syscall(SYS_sendmsg, Descriptor, (nint)(&header), LibC.MSG_NOSIGNAL, (nint)(uint)pass,
                (nint)(pass >> 32)) == message.Length;
        }
    }

    /// <summary>
    /// Receives a message, and the descriptor that came with it, which is close-on-exec; −1 if there is none.
    /// </summary>
    public int Receive(Span<byte> message, out int descriptor)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* p = message)
        {
            while (true)
            {
                iovec data = new() { iov_base = p, iov_len = message.Length };
                msghdr header = new() { msg_iov = &data, msg_iovlen = 1, msg_control = control,
                    msg_controllen = ControlSize };
                nint length = (nint)LibC.recvmsg(Descriptor, &header, LibC.MSG_CMSG_CLOEXEC);
                if (length >= 0 || LibC.errno != errno.EINTR)
                {
                    descriptor = length > 0 && header.msg_controllen >= sizeof(cmsghdr) + sizeof(int)
                        && ((cmsghdr*)control)->cmsg_type == LibC.SCM_RIGHTS
                        ? *(int*)(control + sizeof(cmsghdr))
                        : -1;
                    return (int)length;
                }
            }
        }
    }

    public void Dispose() => Files.Close(Descriptor);
}

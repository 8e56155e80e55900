using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Fptrace.Interop;

/// <summary>One end of a socket pair that keeps messages apart (SOCK_SEQPACKET).</summary>
internal sealed unsafe class MessageSocket(int fd) : IDisposable
{
    public int Descriptor { get; } = fd;

    /// <exception cref="FptraceException">No descriptors are left.</exception>
    public static (MessageSocket Ours, MessageSocket Theirs) Pair()
    {
        int* ends = stackalloc int[2];
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, ends) != 0)
        {
            throw new FptraceException(ExitCodes.Internal, "cannot make a socket pair: " + Marshal.GetPInvokeErrorMessage(LibC.errno));
        }

        return (new MessageSocket(ends[0]), new MessageSocket(ends[1]));
    }

    public bool Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* p = message)
        {
            return (nint)LibC.send(Descriptor, p, message.Length, LibC.MSG_NOSIGNAL) == message.Length;
        }
    }

    /// <returns>Length of the message; 0 or less when the other end is gone, or there is none and we do not wait.</returns>
    public int Receive(Span<byte> message, bool wait = true)
    {
        while (true)
        {
            fixed (byte* p = message)
            {
                nint length = (nint)LibC.recv(Descriptor, p, message.Length, wait ? 0 : LibC.MSG_DONTWAIT);
                if (length >= 0 || LibC.errno != errno.EINTR)
                {
                    return (int)length;
                }
            }
        }
    }

    public void Dispose() => Files.Close(Descriptor);
}

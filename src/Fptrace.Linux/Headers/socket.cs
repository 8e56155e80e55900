namespace Fptrace.Linux.Headers;

/// <summary>sys/socket.h and linux/net.h: address families, options, and the numbers of socketcall(2).</summary>
internal static class socket
{
    public const int AF_UNSPEC = 0;
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;
    public const int AF_ALG = 38;

    public const int SOL_SOCKET = 1;
    public const int SO_RCVTIMEO = 20;
    public const int SO_SNDTIMEO = 21;
    public const int SO_DOMAIN = 39;
    public const int SO_RCVTIMEO_NEW = 66;
    public const int SO_SNDTIMEO_NEW = 67;

    public const int SYS_BIND = 2;
    public const int SYS_CONNECT = 3;
    public const int SYS_ACCEPT = 5;
    public const int SYS_SEND = 9;
    public const int SYS_RECV = 10;
    public const int SYS_SENDTO = 11;
    public const int SYS_RECVFROM = 12;
    public const int SYS_SETSOCKOPT = 14;
    public const int SYS_SENDMSG = 16;
    public const int SYS_RECVMSG = 17;
    public const int SYS_ACCEPT4 = 18;
    public const int SYS_RECVMMSG = 19;
    public const int SYS_SENDMMSG = 20;
}

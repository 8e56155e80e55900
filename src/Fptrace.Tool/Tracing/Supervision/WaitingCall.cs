using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>
/// A system call that ends with EINTR at any signal that reaches its thread, even one without effect (signal(7),
/// "Interruption of system calls by signal handlers"). Untraced, the kernel drops a signal without effect before it
/// reaches the thread. Traced, it does not.
/// </summary>
/// <param name="Name">The name of the call.</param>
/// <param name="TimeLimit">Where the call has its time limit.</param>
/// <param name="At">The position of the argument that has it.</param>
/// <param name="Answer">What the call returns when its time is over.</param>
internal sealed record WaitingCall(string Name, TimeLimit TimeLimit, int At, int Answer)
{
    private static readonly WaitingCall[] All =
    [
        new("accept", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("accept4", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("connect", TimeLimit.Send, 0, -errno.EINPROGRESS),
        new("epoll_pwait", TimeLimit.Milliseconds, 3, 0),
        new("epoll_pwait2", TimeLimit.Memory, 3, 0),
        new("epoll_wait", TimeLimit.Milliseconds, 3, 0),
        new("io_getevents", TimeLimit.Memory, 4, 0),
        new("read", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("readv", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("recvfrom", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("recvmmsg", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("recvmmsg_time64", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("recvmsg", TimeLimit.Receive, 0, -errno.EAGAIN),
        new("rt_sigtimedwait", TimeLimit.Memory, 2, -errno.EAGAIN),
        new("rt_sigtimedwait_time64", TimeLimit.Memory, 2, -errno.EAGAIN),
        new("semop", TimeLimit.None, -1, 0),
        new("semtimedop", TimeLimit.Memory, 3, -errno.EAGAIN),
        new("semtimedop_time64", TimeLimit.Memory, 3, -errno.EAGAIN),
        new("sendmmsg", TimeLimit.Send, 0, -errno.EAGAIN),
        new("sendmsg", TimeLimit.Send, 0, -errno.EAGAIN),
        new("sendto", TimeLimit.Send, 0, -errno.EAGAIN),
        new("write", TimeLimit.Send, 0, -errno.EAGAIN),
        new("writev", TimeLimit.Send, 0, -errno.EAGAIN),
    ];

    /// <summary>Whether the argument is the address of an array of words with the call's own arguments.</summary>
    private bool IsIndirect { get; init; }

    /// <summary>Whether, in programs of 32 bits, its struct timespec has words of 32 bits.</summary>
    private bool IsSmall => !Name.EndsWith("_time64", StringComparison.Ordinal) && Name != "epoll_pwait2";

    /// <returns>The row of the call; null when it is none of these.</returns>
    public static WaitingCall? Find(in seccomp_data call)
    {
        if (SyscallAbi.Find(call.arch) is not { } abi)
        {
            return null;
        }

        int number = abi.HasX32 ? call.nr & ~SyscallAbi.X32Bit : call.nr;
        foreach (SyscallRow row in SyscallTable.Rows)
        {
            if (abi.NumberOf(row) == number)
            {
                return row.Name switch
                {
                    "ipc" => Named(call.args[0] switch { 1 => "semop", 4 => "semtimedop", _ => "" }) is { } ofSemaphores
                        ? ofSemaphores with { At = 5 }
                        : null,
                    "socketcall" => Named(SocketCall((int)call.args[0])) is { } ofSocket
                        ? ofSocket with { At = 1, IsIndirect = true }
                        : null,
                    _ => Named(row.Name),
                };
            }
        }

        return null;
    }

    /// <param name="tracee">The thread that made the call.</param>
    /// <param name="call">The call.</param>
    /// <param name="answer">What the call returns when its time is over: a result, or −errno.</param>
    /// <returns>The time limit; <see cref="TimeSpan.MaxValue"/> for none; null when it cannot be read.</returns>
    public TimeSpan? Read(Tracee tracee, in seccomp_data call, out long answer)
    {
        answer = Answer;
        switch (TimeLimit)
        {
            case TimeLimit.Milliseconds:
                int milliseconds = (int)call.args[At];
                return milliseconds < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(milliseconds);
            case TimeLimit.Memory:
                ulong address = call.args[At];
                return address == 0
                    ? TimeSpan.MaxValue
                    : ReadTime(
                        tracee.Tid, address, IsSmall && SyscallAbi.Find(call.arch) is { PointerSize: 4 } ? 4 : 8);
            case TimeLimit.Receive or TimeLimit.Send:
                ulong fd = call.args[At];
                if (IsIndirect && !Memory(tracee.Tid).TryReadNumber(fd, 4, out fd))
                {
                    return null;
                }

                TimeSpan? time = Descriptions.SocketTimeout(tracee.Tgid, (int)fd, TimeLimit == TimeLimit.Send,
                    out bool isUnix);
                answer = isUnix && answer == -errno.EINPROGRESS ? -errno.EAGAIN : answer;
                return time == TimeSpan.Zero ? TimeSpan.MaxValue : time;
            default:
                return TimeSpan.MaxValue;
        }
    }

    private static WaitingCall? Named(string name) => Array.Find(All, waiting => waiting.Name == name);

    /// <summary>The calls by their numbers in linux/net.h.</summary>
    private static string SocketCall(int number) => number switch
    {
        socket.SYS_CONNECT => "connect",
        socket.SYS_ACCEPT => "accept",
        socket.SYS_SEND or socket.SYS_SENDTO => "sendto",
        socket.SYS_RECV or socket.SYS_RECVFROM => "recvfrom",
        socket.SYS_SENDMSG => "sendmsg",
        socket.SYS_RECVMSG => "recvmsg",
        socket.SYS_ACCEPT4 => "accept4",
        socket.SYS_RECVMMSG => "recvmmsg",
        socket.SYS_SENDMMSG => "sendmmsg",
        _ => "",
    };

    private static TraceeMemory Memory(int tid)
    {
        var memory = new TraceeMemory();
        memory.Attach(tid);
        return memory;
    }

    private static TimeSpan? ReadTime(int tid, ulong address, int word)
    {
        TraceeMemory memory = Memory(tid);
        if (!memory.TryReadNumber(address, word, out ulong seconds)
            || !memory.TryReadNumber(address + (ulong)word, word, out ulong nanoseconds))
        {
            return null;
        }

        // A limit that no run reaches counts as none.
        return seconds > int.MaxValue
            ? TimeSpan.MaxValue
            : TimeSpan.FromSeconds((long)seconds) + TimeSpan.FromMicroseconds(nanoseconds / 1000);
    }
}

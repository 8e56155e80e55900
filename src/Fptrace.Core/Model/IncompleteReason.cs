namespace Fptrace.Model;

/// <summary>One cause for which a trace may lack something.</summary>
/// <param name="Kind">A stable word, one of those below.</param>
/// <param name="Pid">The process in which it arose; 0 for the tracer itself.</param>
/// <param name="Detail">One line in words.</param>
public sealed record IncompleteReason(string Kind, int Pid, string Detail)
{
    /// <summary>io_uring was allowed and is used: what it opens, reads and writes is not seen.</summary>
    public const string IoUring = "io-uring";

    /// <summary>A child was made that the tracer cannot follow.</summary>
    public const string UntracedChild = "untraced-child";

    /// <summary>Mounts were changed, or others entered: a recorded path may not be the file's path outside.</summary>
    public const string MountNamespace = "mount-namespace";

    /// <summary>A socket was given an address of a network. All file accesses are in the trace; what came over the
    /// network is not.</summary>
    public const string Network = "network";

    /// <summary>It reached for the socket of a server on this machine that is not traced, and that may use files for
    /// it.</summary>
    public const string LocalServer = "local-server";

    /// <summary>Somebody who is no process of the command was at the other end of one of its unix sockets or FIFOs. All
    /// file accesses of the command are in the trace.</summary>
    public const string Outsider = "outsider";

    /// <summary>It wanted to trace a process, which the kernel grants to one tracer only, and that is fptrace: it was
    /// refused.</summary>
    public const string InnerTracer = "inner-tracer";

    /// <summary>It wanted to answer system calls itself by a listener of seccomp: it was refused, or hides calls from
    /// the tracer.</summary>
    public const string InnerListener = "inner-listener";

    /// <summary>It wanted to confine itself by seccomp in a way that the tracer's own filter keeps from it.</summary>
    public const string InnerFilter = "inner-filter";

    /// <summary>A program got none of the rights that its file gives (set-user-ID, set-group-ID, capabilities), because
    /// it is traced.</summary>
    public const string LostRights = "lost-rights";

    /// <summary>A system call succeeded that is newer than the table of calls.</summary>
    public const string UnknownCall = "unknown-call";

    /// <summary>A signal ended the command or the tracer before the end.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>A process vanished out of the tracer's sight.</summary>
    public const string LostProcess = "lost-process";

    /// <summary>A process outlived the command: it was ended, or what it did afterwards is not in the trace.</summary>
    public const string Survivor = "survivor";

    /// <summary>The memory of a process cannot be read: what it names in its calls is not known.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>So much was recorded that no memory is left for more: accesses after that are missing.</summary>
    public const string Memory = "memory";

    /// <summary>The tracer itself failed at something.</summary>
    public const string Internal = "internal";
}

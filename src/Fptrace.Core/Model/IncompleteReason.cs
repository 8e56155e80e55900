namespace Fptrace.Model;

/// <summary>One cause because of which a trace may lack something.</summary>
/// <param name="Kind">A stable word: one of the constants below.</param>
/// <param name="Pid">The process that caused it; 0 for the tracer itself.</param>
/// <param name="Detail">One line for the user.</param>
public sealed record IncompleteReason(string Kind, int Pid, string Detail)
{
    /// <summary>io_uring was allowed and is used. The tracer does not see what it opens, reads and writes.</summary>
    public const string IoUring = "io-uring";

    /// <summary>A process made a child that the tracer cannot follow.</summary>
    public const string UntracedChild = "untraced-child";

    /// <summary>
    /// A process changed mounts or entered a mount namespace. The path of a file outside may differ from the recorded
    /// one.
    /// </summary>
    public const string MountNamespace = "mount-namespace";

    /// <summary>
    /// A process gave a socket a network address. The trace has all file accesses, but not what the network sent.
    /// </summary>
    public const string Network = "network";

    /// <summary>
    /// A process connected to the socket of a server on this machine that is not traced and may use files on its
    /// behalf.
    /// </summary>
    public const string LocalServer = "local-server";

    /// <summary>
    /// A process outside the command was at the other end of a unix socket or FIFO. The trace has all file accesses of
    /// the command.
    /// </summary>
    public const string Outsider = "outsider";

    /// <summary>
    /// A process wanted to trace another one. The kernel allows one tracer for each process, and that is fptrace, so
    /// the call failed.
    /// </summary>
    public const string InnerTracer = "inner-tracer";

    /// <summary>
    /// A process wanted to answer system calls through a seccomp listener. The call failed, or the listener hides calls
    /// from the tracer.
    /// </summary>
    public const string InnerListener = "inner-listener";

    /// <summary>A process wanted to confine itself by seccomp in a way that the tracer's own filter prevents.</summary>
    public const string InnerFilter = "inner-filter";

    /// <summary>
    /// A program did not get the rights that its file gives (set-user-ID, set-group-ID, capabilities), because it is
    /// traced.
    /// </summary>
    public const string LostRights = "lost-rights";

    /// <summary>
    /// A program ran untraced, because it would not have got the rights that its file gives while it is traced.
    /// </summary>
    public const string Released = "released";

    /// <summary>A system call succeeded that the table of calls does not know.</summary>
    public const string UnknownCall = "unknown-call";

    /// <summary>A signal ended the command or the tracer early.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The tracer lost sight of a process.</summary>
    public const string LostProcess = "lost-process";

    /// <summary>A process outlived the command. It was ended, or the trace lacks what it did afterwards.</summary>
    public const string Survivor = "survivor";

    /// <summary>
    /// The tracer cannot read the memory of a process, so it does not know which paths its calls name.
    /// </summary>
    public const string Unreadable = "unreadable";

    /// <summary>The memory for recording is exhausted. The trace lacks the accesses after that.</summary>
    public const string Memory = "memory";

    /// <summary>The tracer itself failed.</summary>
    public const string Internal = "internal";
}

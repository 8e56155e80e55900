using Fptrace.Linux.Processes;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>One thread of the command.</summary>
/// <remarks>
/// The ptrace thread makes and removes it. A thread stands still while one of its calls is handled, so whoever handles
/// the call may change the fields below. The next one to handle a call comes later, and the kernel orders the two.
/// </remarks>
internal sealed class Tracee(int tid, int tgid, ExecutionState execution, TraceeWorld world = TraceeWorld.Ours)
{
    // Other threads read it while the tracee runs, so it is changed atomically.
    private int _world = (int)world;

    public int Tid { get; } = tid;

    /// <summary>The id of its thread group, which is the process id.</summary>
    public int Tgid { get; } = tgid;

    /// <summary>Whether it is another thread than the first of its process.</summary>
    public bool IsThread => Tid != Tgid;

    public ExecutionState Execution { get; } = execution;

    /// <summary>The threads of its process, with itself.</summary>
    public ThreadGroup Group { get; init; } = new();

    /// <summary>The call in progress whose exit will be handled; null for none.</summary>
    public PendingCall? Pending { get; set; }

    /// <summary>The file that it has just opened and not read yet. Only the ptrace thread uses this.</summary>
    public FreshDescriptor? Fresh { get; set; }

    /// <summary>The terminal that it has just opened and not used yet. Only the ptrace thread uses this.</summary>
    public OpenedTerminal? Terminal { get; set; }

    /// <summary>How far it is with a call that it makes again under ptrace.</summary>
    public Retrial Retrial { get; set; }

    /// <summary>Whether a call whose exit was seen was interrupted by a signal that is about to be delivered.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>The interrupted wait that goes on. Only the ptrace thread uses this and the next two.</summary>
    public ResumedWait? Wait { get; set; }

    /// <summary>When it entered its last call, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    /// <remarks>Known only where every call stops.</remarks>
    public long EnteredAt { get; set; }

    /// <summary>Whether it was stopped, and the SIGCONT that ended the stop may still be delivered.</summary>
    public bool WasJobStopped { get; set; }

    /// <summary>The socket and the address, in its memory, of the last connect or sendto that was handled.</summary>
    public (int Socket, ulong Address) Connecting { get; set; }

    /// <summary>The last execve that it tried. It has succeeded when PTRACE_EVENT_EXEC says so.</summary>
    public PendingExec? PendingExec { get; set; }

    /// <summary>What the threads and processes that it makes inherit.</summary>
    public TraceeWorld World => (TraceeWorld)_world;

    public bool HasForeignRoot => (World & TraceeWorld.ForeignRoot) != 0;

    /// <summary>Whether only ptrace may read its memory. Its calls are then handled at stops.</summary>
    public bool HidesMemory { get; set; }

    public bool HasOwnCredentials => (World & TraceeWorld.OwnCredentials) != 0;

    public bool IsRestricted => (World & TraceeWorld.Restricted) != 0;

    public bool HasNoNewPrivileges => (World & TraceeWorld.NoNewPrivileges) != 0;

    /// <summary>
    /// Its own seccomp filters that a notification outranks; null for none. Its children inherit them.
    /// </summary>
    public FilterChain? Filters { get; set; }

    /// <summary>Whether the verdict says already that it uses a network.</summary>
    public bool UsesNetwork { get; set; }

    /// <summary>The flags of the clone in progress, if it is trapped.</summary>
    public uint CloneFlags { get; set; }

    /// <summary>Whether it is stopped, as by Ctrl-Z, and waits for SIGCONT.</summary>
    public bool IsJobStopped { get; set; }

    /// <summary>The last signal from outside of the command that asked it to end; 0 for none.</summary>
    public int SignalFromOutside { get; set; }

    /// <summary>Where descriptors 0 to 2 led at the last read or write that was trapped and recorded.</summary>
    public StandardStreams Streams { get; } = new();

    /// <summary>
    /// The processors that it had before <c>Placement</c> pinned it, until its next event after that.
    /// </summary>
    public ProcessorMask? Processors { get; set; }

    /// <summary>Microseconds that its ended children used. The kernel reports them again with its own.</summary>
    public long ChildrenUserTimeUs { get; set; }

    public long ChildrenSystemTimeUs { get; set; }

    /// <summary>The id of the process that made it; 0 for the first.</summary>
    public int CreatorTgid { get; set; }

    /// <summary>Notes that from now on its surroundings may differ from ours in this, too.</summary>
    public void Enter(TraceeWorld world) => Interlocked.Or(ref _world, (int)world);
}

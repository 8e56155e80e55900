using Fptrace.Linux.Processes;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>One thread of the command.</summary>
/// <remarks>
/// Made and removed by the ptrace thread. A thread stands still while one of its calls is handled, so whoever handles the call may
/// change the fields below; the next one to handle it comes after, through the kernel.
/// </remarks>
internal sealed class Tracee(int tid, int tgid, ExecutionState execution, TraceeWorld world = TraceeWorld.Ours)
{
    // Others read it while the tracee runs, so it is changed at once.
    private int _world = (int)world;

    public int Tid { get; } = tid;

    /// <summary>Thread group: the process id.</summary>
    public int Tgid { get; } = tgid;

    /// <summary>Not the first of its process.</summary>
    public bool IsThread => Tid != Tgid;

    public ExecutionState Execution { get; } = execution;

    /// <summary>It and the other threads of its process.</summary>
    public ThreadGroup Group { get; init; } = new();

    /// <summary>The call in progress whose result we wait for.</summary>
    public PendingCall? Pending { get; set; }

    /// <summary>What it has just opened for reading and writing, while nothing can have been read from it. The ptrace thread's alone.</summary>
    public FreshDescriptor? Fresh { get; set; }

    /// <summary>The terminal that it has just opened for reading, until it closes it or uses it. The ptrace thread's alone.</summary>
    public OpenedTerminal? Terminal { get; set; }

    /// <summary>Where it stands in a call that is made again.</summary>
    public Retrial Retrial { get; set; }

    /// <summary>A call that is seen to its end was interrupted by a signal that is about to be delivered.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>The wait that it goes on with. The ptrace thread's alone, like the next two.</summary>
    public ResumedWait? Wait { get; set; }

    /// <summary>When it entered its last call, in ticks of <see cref="System.Diagnostics.Stopwatch"/>, where each call stops.</summary>
    public long EnteredAt { get; set; }

    /// <summary>It was stopped, and the SIGCONT that ended that may still be delivered.</summary>
    public bool WasJobStopped { get; set; }

    /// <summary>Socket and address, in its memory, of the last connect or sendto that was looked at.</summary>
    public (int Socket, ulong Address) Connecting { get; set; }

    /// <summary>The last execve that was tried; it came true when PTRACE_EVENT_EXEC says so.</summary>
    public PendingExec? PendingExec { get; set; }

    /// <summary>What those whom it makes inherit.</summary>
    public TraceeWorld World => (TraceeWorld)_world;

    public bool HasForeignRoot => (World & TraceeWorld.ForeignRoot) != 0;

    /// <summary>Its memory is denied to all but ptrace: its calls are handled at stops.</summary>
    public bool HidesMemory { get; set; }

    public bool HasOwnCredentials => (World & TraceeWorld.OwnCredentials) != 0;

    public bool IsRestricted => (World & TraceeWorld.Restricted) != 0;

    public bool HasNoNewPrivileges => (World & TraceeWorld.NoNewPrivileges) != 0;

    /// <summary>Its own filters that a notification passes over, which whom it makes inherits; null for none.</summary>
    public FilterChain? Filters { get; set; }

    /// <summary>That it uses a network is recorded.</summary>
    public bool UsesNetwork { get; set; }

    /// <summary>Flags of the clone in progress, if it is one of those that we watch.</summary>
    public uint CloneFlags { get; set; }

    /// <summary>It is stopped, as by Ctrl-Z, and waits for SIGCONT.</summary>
    public bool IsJobStopped { get; set; }

    /// <summary>The last signal of those that end a command which came from outside of it; 0 for none.</summary>
    public int SignalFromOutside { get; set; }

    /// <summary>What descriptors 0 to 2 were at the last trapped read or write, and that it is recorded.</summary>
    public StandardStreams Streams { get; } = new();

    /// <summary>The processors that it chose while <c>Placement</c> has pinned it, and until its next event; otherwise null.</summary>
    public ProcessorMask? Processors { get; set; }

    /// <summary>Microseconds that its children used, which the kernel reports again with its own.</summary>
    public long ChildrenUserTimeUs { get; set; }

    public long ChildrenSystemTimeUs { get; set; }

    /// <summary>The thread that made it; 0 for the first.</summary>
    public int CreatorTgid { get; set; }

    /// <summary>From now on its surroundings may differ in this, too.</summary>
    public void Enter(TraceeWorld world) => Interlocked.Or(ref _world, (int)world);
}

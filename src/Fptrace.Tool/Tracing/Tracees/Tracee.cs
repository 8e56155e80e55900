using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>
/// One thread of the command: who it is, what it hands down to those whom it makes (<see cref="World"/>), the call that it is
/// in, and how far its job is stopped.
/// </summary>
/// <remarks>Made and removed by the ptrace thread.</remarks>
/// <param name="tid">Of the thread.</param>
/// <param name="tgid">Thread group: the process id.</param>
/// <param name="execution">What its process runs.</param>
/// <param name="world">What it was given; null: the same as ours.</param>
/// <param name="group">The other threads of its process; null: none yet.</param>
internal sealed class Tracee(int tid, int tgid, ExecutionState execution, TraceeWorld? world = null, ThreadGroup? group = null)
{
    // Others read it while the tracee runs, so it is changed at once.
    private TraceeWorld _world = world ?? TraceeWorld.Ours;

    public int Tid { get; } = tid;

    /// <summary>The id of its thread group, which is the process id.</summary>
    public int Tgid { get; } = tgid;

    /// <summary>Whether it is another thread than the first of its process.</summary>
    public bool IsThread => Tid != Tgid;

    public ExecutionState Execution { get; } = execution;

    /// <summary>It and the other threads of its process.</summary>
    public ThreadGroup Group { get; } = group ?? new ThreadGroup(creator: 0);

    /// <summary>What those whom it makes inherit.</summary>
    public TraceeWorld World => Volatile.Read(ref _world);

    public bool HasForeignRoot => Differs(Surroundings.ForeignRoot);

    public bool HasOwnCredentials => Differs(Surroundings.OwnCredentials);

    public bool IsRestricted => Differs(Surroundings.Restricted);

    public bool HasNoNewPrivileges => Differs(Surroundings.NoNewPrivileges);

    /// <summary>The call that it is in.</summary>
    public CallState Call { get; } = new();

    /// <summary>Whether it is stopped with its job.</summary>
    public JobState Job { get; } = new();

    /// <summary>Where descriptors 0 to 2 led at the last read or write that was trapped and recorded.</summary>
    public StandardStreams Streams { get; } = new();

    /// <summary>Its memory is denied to all but ptrace: its calls are handled at stops.</summary>
    public bool HidesMemory { get; private set; }

    /// <summary>That it uses a network is recorded.</summary>
    public bool UsesNetwork { get; private set; }

    /// <summary>The processors that it chose while <c>Placement</c> has pinned it, and until its next event; otherwise null.</summary>
    public ProcessorMask? Processors { get; set; }

    /// <summary>A thread or a process that it has made.</summary>
    /// <param name="child">The new thread.</param>
    /// <param name="process">Of which process it is.</param>
    /// <param name="given">What it inherits.</param>
    public Tracee Make(int child, int process, TraceeWorld given) =>
        new(child, process, Execution, given, process == Tgid ? Group : new ThreadGroup(Tgid));

    /// <summary>Its process after an execve that it called: one thread, whose id is that of the process.</summary>
    public Tracee Become(ExecutionState started, TraceeWorld given) =>
        new(Tgid, Tgid, started, given, Group.Next()) { Processors = Processors };

    /// <summary>From now on its surroundings may differ in this, too.</summary>
    public void Enter(Surroundings more) => Change(static (world, more) => world.With(more), more);

    /// <summary>What it was given, as its maker says at last.</summary>
    public void Enter(TraceeWorld given) => Change(static (world, given) => world.With(given), given);

    /// <summary>From now on these are its own filters.</summary>
    public void Use(FilterChain? filters) => Change(static (world, filters) => world with { Filters = filters }, filters);

    /// <summary>Lets it stop before it goes on in its program. On the ptrace thread.</summary>
    public RequestOutcome Interrupt() => RunningThread.Interrupt(Tid);

    public void HideMemory() => HidesMemory = true;

    public void UseNetwork() => UsesNetwork = true;

    private bool Differs(Surroundings what) => (World.Surroundings & what) != 0;

    private void Change<T>(Func<TraceeWorld, T, TraceeWorld> change, T argument)
    {
        TraceeWorld old;
        do
        {
            old = World;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _world, change(old, argument), old), old));
    }
}

using Fptrace.Linux.Processes;
using Fptrace.Linux.Ptracing;
using Fptrace.Tracing.Fast;
using Fptrace.Tracing.Recording;

namespace Fptrace.Tracing.Tracees;

/// <summary>One thread of the command: who it is, what its children inherit, its call, and its job.</summary>
/// <remarks>The ptrace thread makes and removes it.</remarks>
/// <param name="tid">The id of the thread.</param>
/// <param name="tgid">The id of its thread group, which is the process id.</param>
/// <param name="execution">What its process runs.</param>
/// <param name="world">What it has inherited; null: nothing differs from ours.</param>
/// <param name="group">The other threads of its process; null: there are none yet.</param>
internal sealed class Tracee(int tid, int tgid, ExecutionState execution, TraceeWorld? world = null,
    ThreadGroup? group = null)
{
    // Other threads read it while the tracee runs, so it is changed atomically.
    private TraceeWorld _world = world ?? TraceeWorld.Ours;

    public int Tid { get; } = tid;

    /// <summary>The id of its thread group, which is the process id.</summary>
    public int Tgid { get; } = tgid;

    /// <summary>Whether it is another thread than the first of its process.</summary>
    public bool IsThread => Tid != Tgid;

    public ExecutionState Execution { get; private set; } = execution;

    /// <summary>The threads of its process, with itself.</summary>
    public ThreadGroup Group { get; } = group ?? new ThreadGroup(creator: 0);

    /// <summary>What the threads and processes that it makes inherit.</summary>
    public TraceeWorld World => Volatile.Read(ref _world);

    public bool HasForeignRoot => Differs(Surroundings.ForeignRoot);

    public bool HasOwnCredentials => Differs(Surroundings.OwnCredentials);

    public bool IsRestricted => Differs(Surroundings.Restricted);

    public bool HasNoNewPrivileges => Differs(Surroundings.NoNewPrivileges);

    /// <summary>Whether paths and calls mean for it what they mean for us.</summary>
    public bool HasOurSurroundings => IsLikeOurs(World.Surroundings);

    /// <summary>The call that it is in, or about to make.</summary>
    public CallState Call { get; } = new();

    /// <summary>Whether it is stopped with its job, as by Ctrl-Z.</summary>
    public JobState Job { get; } = new();

    /// <summary>Where descriptors 0 to 2 led at the last read or write that was trapped and recorded.</summary>
    public StandardStreams Streams { get; } = new();

    /// <summary>How far its process is with the calls that it need not ask about.</summary>
    public FastProcess Fast { get; private init; } = new();

    /// <summary>Whether only ptrace may read its memory. Its calls are then handled at stops.</summary>
    public bool HidesMemory { get; private set; }

    /// <summary>Whether the verdict says already that it uses a network.</summary>
    public bool UsesNetwork { get; private set; }

    /// <summary>
    /// The processors that it had before <c>ProcessorAffinity</c> pinned it, until its next event after that.
    /// </summary>
    public ProcessorMask? Processors { get; set; }

    /// <summary>Makes the tracee for a thread or a process that this one has made.</summary>
    /// <param name="child">The id of the new thread.</param>
    /// <param name="process">The id of its process.</param>
    /// <param name="given">What it inherits.</param>
    public Tracee Make(int child, int process, TraceeWorld given) =>
        new(child, process, Execution, given, process == Tgid ? Group : Group.Fork(Tgid))
        {
            Fast = process == Tgid ? Fast : Fast.Make(Tid),
        };

    /// <summary>Makes the tracee for its process after an execve: one thread, whose id is the process id.</summary>
    public Tracee Become() => new(Tgid, Tgid, Execution, World, Group.Next()) { Processors = Processors };

    /// <summary>Called after <see cref="Become"/>, when it is known what the process runs now.</summary>
    public void Begin(ExecutionState started) => Execution = started;

    /// <summary>Notes that from now on its surroundings may differ from ours in this, too.</summary>
    public void Enter(Surroundings more)
    {
        LeaveOthers(more);
        Change(static (world, more) => world.With(more), more);
    }

    /// <summary>Notes what it has inherited, when its maker is known only after it has run.</summary>
    public void Enter(TraceeWorld given)
    {
        LeaveOthers(given.Surroundings);
        Change(static (world, given) => world.With(given), given);
    }

    /// <summary>Notes which seccomp filters of its own it has from now on.</summary>
    public void Use(FilterChain? filters) =>
        Change(static (world, filters) => world with { Filters = filters }, filters);

    /// <summary>Makes it stop before it runs on in its program. Only the ptrace thread may call this.</summary>
    public RequestOutcome Interrupt() => RunningThread.Interrupt(Tid);

    public void HideMemory() => HidesMemory = true;

    public void UseNetwork() => UsesNetwork = true;

    // What others know of a path is no longer true for it.
    private void LeaveOthers(Surroundings more)
    {
        if (!IsLikeOurs(more))
        {
            Fast.GiveUp();
        }
    }

    private static bool IsLikeOurs(Surroundings surroundings) => (surroundings & ~Surroundings.NoNewPrivileges) == 0;

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

using Fptrace.Linux.Descriptors;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Calls;
using Fptrace.Tracing.Fast;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Supervision;

/// <summary>Arms processes that ask what is known already, and notes in their memory what is known.</summary>
internal sealed class FastArming(FastPath fast, Recorder recorder, TraceeTable tracees)
{
    private readonly Loaders _loaders = new();
    private readonly LibraryCalls _libraries = new();

    /// <inheritdoc cref="FastPath.Generation"/>
    public ulong Generation => fast.Generation;

    /// <summary>Called when a call is handled, and would not need to be if it came again.</summary>
    /// <param name="handler">The handler that has handled it.</param>
    /// <param name="tracee">The caller, which waits for the answer.</param>
    /// <param name="call">The call.</param>
    /// <param name="instruction">The address behind its instruction.</param>
    /// <param name="generation">That from before the call was handled.</param>
    /// <returns>Whether the process is to be armed: the thread must be interrupted, and make the call again.</returns>
    public bool Handled(
        SyscallHandler handler, Tracee tracee, in SyscallEntry call, ulong instruction, ulong generation)
    {
        FastProcess process = tracee.Fast;
        if (process.IsForbidden
            || process.Maker is not null
            || call.Abi != SyscallAbi.Native
            || CallSite.KindOf(call.Number) is not { } kind
            || !fast.Takes(kind)
            || (kind == SiteKind.SecondPathOpened
                && (call.Int(CallSite.OpenFlagsAt) & ~FastCode.OpenFlags) != 0)
            || tracee.World.Filters is not null
            || !tracee.HasOurSurroundings
            || tracee.HidesMemory)
        {
            return false;
        }

        Direction direction = CallSite.DirectionOf(call.Number);
        ReadOnlySpan<byte> path = default;
        bool isAbsent = false;
        if (kind == SiteKind.Stream
            ? !IsKnown(tracee, call.Int(0), direction)
            : !handler.KnowsProbe(out path, out isAbsent))
        {
            return false;
        }

        ProbeKind probe = KindOf(kind, call);
        bool isNoted = !path.IsEmpty && !tracees.NameChanges.AreUnderWay;
        if (isNoted && !(isAbsent && probe == ProbeKind.Kept))
        {
            // It matters who has asked so in vain, and who makes the name then.
            fast.Everybodys?.Note(path, probe, isAbsent, generation);
        }

        if (process.Memory is not { } memory)
        {
            process.ArmedAt = instruction;
            return instruction >= FastPath.FirstLibrary
                && fast.AsksEnough(process, kind, tracee.Execution.Execution.Path)
                && tracee.Group.Count == 1 && fast.HasRoom && !Descriptions.IsMemoryLimited(tracee.Tid)
                && !SharesMemory(process, tracee) && !Adopt(process, tracee);
        }

        if (memory.IsShared)
        {
            return false;
        }

        if (tracee.Group.Count == 1)
        {
            memory.Patch(tracee.Tid, call.Number, instruction, fast.Nearby);
        }

        if (kind == SiteKind.Stream)
        {
            memory.KnowStream(call.Int(0), direction, generation);
        }
        else if (isNoted)
        {
            memory.KnowPath(path, probe, isAbsent, generation);
        }

        return false;
    }

    /// <summary>Begins to arm a process, at the stop for which its only thread was interrupted. On the ptrace
    /// thread.</summary>
    public void Begin(scoped in Stop stop, Tracee tracee)
    {
        FastProcess process = tracee.Fast;
        process.IsToBeArmed = false;
        if (!process.IsForbidden && process.Memory is null && tracee.Group.Count == 1 && tracee.World.Filters is null)
        {
            process.Arming = LateArming.TryBegin(stop, process.ArmedAt, fast);
        }
    }

    /// <summary>Begins to arm a process that has just become another program, if what it asks at its start is known to
    /// all. On the ptrace thread.</summary>
    /// <param name="stop">PTRACE_EVENT_EXEC.</param>
    /// <param name="tracee">What the process is now.</param>
    public void Executed(scoped in Stop stop, Tracee tracee)
    {
        if (fast.Everybodys is { IsSuspended: false }
            && tracee.World.Filters is null
            && tracee.HasOurSurroundings
            && tracee.Execution.Execution.Interpreters is [.., var loader]
            && _loaders.Find(loader) is { } found
            && !Descriptions.IsMemoryLimited(tracee.Tid))
        {
            tracee.Fast.Arming = EntryArming.TryBegin(stop, found, fast.Segment);
        }
    }

    /// <summary>Called when a thread has made another one, or a process, before that runs.</summary>
    public void Clones(Tracee maker)
    {
        if (fast.Everybodys is not null
            && maker.Group.Count == 1
            && maker.Fast is { IsForbidden: false, Memory: { IsShared: false, IsGivenUp: false } memory })
        {
            memory.Patch(maker.Tid, _libraries);
        }
    }

    /// <summary>Called at each stop of a thread.</summary>
    /// <returns>Whether it is one of arming, and there is nothing else to be done than to resume the thread.</returns>
    public bool Takes(scoped in Stop stop, Tracee tracee)
    {
        FastProcess process = tracee.Fast;
        if (process.Arming is not { } arming)
        {
            return false;
        }

        ArmingStop kind = arming.Stopped(stop, out ArmedMemory? memory);
        if (kind != ArmingStop.Between)
        {
            process.Arming = null;
        }

        if (memory is not null)
        {
            Arm(process, tracee, memory);
        }

        return kind != ArmingStop.Another;
    }

    /// <summary>Called at the first stop of a thread, before it runs.</summary>
    public void Born(Tracee tracee)
    {
        if (tracee.Fast.Maker is not { } maker)
        {
            return;
        }

        FastProcess process = tracee.Fast;
        process.Maker = null;
        if (process.Memory is null && maker.Inherited is null && !maker.IsForbidden)
        {
            // It is found out when it matters.
            process.MayShare = true;
        }
        else if (Descriptions.ShareMemory(process.MadeBy, tracee.Tid))
        {
            process.MayShare = true;
            process.Forbid();
            if (!tracee.HasOurSurroundings)
            {
                // It was made with mounts or user ids of its own (CLONE_NEWNS, CLONE_NEWUSER).
                process.GiveUp();
            }
        }
        else
        {
            process.Inherited = process.Memory?.Patched ?? maker.Inherited;
            bool isGivenUp = process.Memory?.IsGivenUp == true || !tracee.HasOurSurroundings;
            Ended(tracee);
            if (maker.IsForbidden)
            {
                process.Forbid();
            }

            if (fast.Everybodys is not null && process.Inherited is { } inherited)
            {
                // It knows what its maker knows.
                Arm(process, tracee, ArmedMemory.Of(fast.Segment, inherited));
                if (isGivenUp)
                {
                    process.GiveUp();
                }
            }
        }
    }

    /// <summary>Called before a signal is delivered: the program must not see a fault of ours, nor its handler begin
    /// with the secret.</summary>
    /// <returns>Whether it was a fault. The thread makes its call as if it were not patched.</returns>
    public bool TurnsBack(scoped in Stop stop, Tracee tracee)
    {
        if (tracee.Fast.Memory is not { } memory)
        {
            return false;
        }

        if (stop.TryGetFault(out ulong instruction) && memory.AfterFault(instruction) is { } slow)
        {
            stop.GoOnAt(slow);
            return true;
        }

        stop.Clear(reg_X64.R9, fast.Segment.Secret);
        return false;
    }

    /// <summary>Called when the last thread of a process has gone, or another program has replaced it.</summary>
    public void Ended(Tracee tracee)
    {
        tracee.Fast.Arming?.Drop();
        tracee.Fast.Arming = null;
        if (tracee.Fast.End() is { } memory)
        {
            fast.Remove(memory, tracee.Fast.IsStranger);
        }
    }

    // A process that another one made with its own memory (CLONE_VM) may run beside it.
    private bool SharesMemory(FastProcess process, Tracee tracee)
    {
        foreach (Tracee other in tracees.All())
        {
            if (other.Tgid != tracee.Tgid
                && (process.MayShare || other.Fast.MayShare || other.Fast.Maker is not null)
                && Descriptions.ShareMemory(tracee.Tid, other.Tid)
                && tracees.Find(other.Tid) == other)
            {
                process.Forbid();
                return true;
            }
        }

        return false;
    }

    // Its maker had our pages when it was made. What is known is not copied.
    private bool Adopt(FastProcess process, Tracee tracee)
    {
        if (process.Inherited is not { } inherited
            || ArmedMemory.Adopt(tracee.Tid, fast.Segment, inherited) is not { } memory)
        {
            return false;
        }

        Arm(process, tracee, memory);
        return true;
    }

    private void Arm(FastProcess process, Tracee tracee, ArmedMemory memory)
    {
        fast.Add(memory);
        process.Arm(memory);
        if (process.IsForbidden)
        {
            // Another process has changed the root directory of both meanwhile.
            process.GiveUp();
        }

        tracee.Execution.Execution.IsArmed = true;
    }

    private bool IsKnown(Tracee tracee, int fd, Direction direction) =>
        recorder.Plan is { Stdio: true, Prints: null, Terminal: null }
        && fd is >= 0 and <= 2
        && tracee.Streams.IsUnchanged(fd, direction, recorder.Renames.Version);

    private static ProbeKind KindOf(SiteKind kind, in SyscallEntry call) => kind switch
    {
        SiteKind.SecondPathAndFlags => (ProbeKind)(call.Int(3) & fcntl.AT_SYMLINK_NOFOLLOW),
        SiteKind.SecondPathOpened => ProbeKind.Opened,
        SiteKind.FirstPathFollowed => ProbeKind.Followed,
        SiteKind.FirstPathKept => ProbeKind.Kept,
        _ => ProbeKind.LinkRead,
    };
}

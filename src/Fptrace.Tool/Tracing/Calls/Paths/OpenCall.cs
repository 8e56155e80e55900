using Fptrace.Keeping;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Recording;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.fcntl;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>open and its kin.</summary>
/// <remarks>An open that changes nothing comes as a notification. Whether it will succeed is looked up.</remarks>
internal class OpenCall(int path, int at = -1, int flags = -1, int mode = -1, int implied = 0) : Call
{
    /// <summary>Flags by which an open may change something.</summary>
    private const int WriteIntent = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

    public override string Title => "Open: a file by name";

    public override PathPositions? Paths => new(path);

    public override bool MayBeMadeAgain => true;

    public override Trap? TrapUnder(TracePlan plan, SyscallAbi abi)
    {
        if (!plan.Files || flags < 0)
        {
            return plan.Files ? Trap.Stop : null;
        }

        var changes = new TrapTest(flags, TrapComparison.AnyBit, WriteIntent, TrapAction.Stop);
        return plan.Probes
            ? new Trap(TrapAction.Notify, changes)
            : new Trap(TrapAction.Notify, changes,
                new TrapTest(flags, TrapComparison.AnyBit, (uint)(abi.OpenFlags.O_DIRECTORY | O_PATH), TrapAction.Let));
    }

    public override EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, CallExit exit)
    {
        if (!TryReadHow(context, call, out OpenHow how))
        {
            return EntryAnswer.Go;
        }

        int flags = how.Flags;
        bool isNameless = (flags & call.Abi.OpenFlags.O_TMPFILE) == call.Abi.OpenFlags.O_TMPFILE;
        if ((isNameless && !context.IsManifestKept)
            || (!context.Plan.Probes && (flags & (O_PATH | call.Abi.OpenFlags.O_DIRECTORY)) != 0)
            || !(how.InRoot
                ? context.Paths.ResolveInRoot(tracee, call.Descriptor(at), call.Argument(path), context.Path)
                : context.TryResolve(tracee, call, at, path)))
        {
            return EntryAnswer.Go;
        }

        if (isNameless)
        {
            // The file comes into being when linkat(2) names it. But the open fails unless the path is a directory that
            // the caller may write to.
            context.RecordProbe(tracee, context.Path, FinalLink.Follow);
            return EntryAnswer.Go;
        }

        if (context.ProcessorAffinity.MayPin && context.Path.Name.EndsWith("/status"u8))
        {
            // The command may read its allowed processors in /proc/PID/status. Only the ptrace thread can undo the
            // pinning.
            if (exit == CallExit.Unseen || context.IsAway)
            {
                return EntryAnswer.MakeAgain;
            }

            context.ProcessorAffinity.Forbid();
        }

        return Enter(context, tracee, call, how, exit);
    }

    /// <summary>Only a FIFO or a device lets an open wait. What cannot be looked up may have waited.</summary>
    public override bool MayHaveWaited(CallContext context, Tracee tracee, in SyscallEntry call)
    {
        if (flags >= 0 && (call.Int(flags) & O_NONBLOCK) != 0)
        {
            return false;
        }

        if (!context.TryResolve(tracee, call, at, path))
        {
            return true;
        }

        using (TraceeCredentials.Borrow(tracee))
        {
            context.Path.Stat(FinalLink.Follow, out FileStamp stamp);
            return stamp.Type is FileType.Fifo or FileType.CharacterDevice or FileType.BlockDevice;
        }
    }

    /// <returns>False when the tracee's memory cannot be read.</returns>
    protected virtual bool TryReadHow(CallContext context, in SyscallEntry call, out OpenHow how)
    {
        how = new OpenHow(call.Int(flags) | implied, call.Int(mode), InRoot: false);
        return true;
    }

    private static EntryAnswer Enter(CallContext context, Tracee tracee, in SyscallEntry call, in OpenHow how,
        CallExit exit)
    {
        int flags = how.Flags;
        ResolvedPath path = context.Path;
        bool keeps = context.Plan.Undelete is not null && (flags & O_TRUNC) != 0;
        FinalLink follow = (flags & call.Abi.OpenFlags.O_NOFOLLOW) == 0
            && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL)
            ? FinalLink.Follow
            : FinalLink.Keep;

        // If a standard stream is a terminal, TerminalWatch tells whether the command read what somebody typed.
        bool isTerminal = context.IsManifestKept && context.Plan.Terminal is null && (flags & O_ACCMODE) != O_WRONLY
            && (flags & O_PATH) == 0
            && path.Name.StartsWith("/dev/"u8) && OpenedTerminal.IsAt(path.Name, tracee.Tid);
        bool known = !how.InRoot && !isTerminal && context.Knows(tracee, path, SameOpen(flags), follow) && !keeps;
        if (path.IsDeleted)
        {
            return EntryAnswer.Go;
        }

        if (known && (flags & O_ACCMODE) == O_RDWR)
        {
            // The open is recorded already. But the command may have made the file write-only, and can read it from now
            // on.
            context.Recorder.Changes?.Changing(path.Name, default, AccessKind.ReadWrite, truncates: false);
        }

        if (known && (flags & O_CREAT) == 0)
        {
            return EntryAnswer.GoNamesKept;
        }

        int result;
        FileStamp before;
        using (TraceeCredentials.Borrow(tracee))
        {
            result = path.Stat(follow, out before);
            result = result < 0 || exit == CallExit.Seen
                ? result
                : OpenPrediction.Predict(path, flags, call.Abi, before);
        }

        if (known && before.Exists)
        {
            return EntryAnswer.GoNamesKept;
        }

        NoteTerminal(context, flags, before);
        bool unsure = result < 0 && CallContext.MayBeOtherwise(tracee, path, result, before);
        if (exit == CallExit.Unseen
            && (unsure || (result == 0 && OpenPrediction.MayFail(context, tracee, call.Abi, flags, before))))
        {
            return EntryAnswer.MakeAgain;
        }

        if (exit == CallExit.Seen)
        {
            if (unsure && !before.Exists)
            {
                path.Stat(follow, out before);
            }

            KeptFile? kept = null;
            if (keeps && follow == FinalLink.Follow
                && Undeletion.KeepContent(context, tracee, path, before, out kept) is < 0 and var refused)
            {
                return PendingAnswer.Give(tracee, refused);
            }

            Announce(context, flags, before);
            return CallContext.Want(tracee, NewPending(path, how, isTerminal, before, kept));
        }

        if (result < 0)
        {
            NewPending(path, how, isTerminal, before).Finish(context, tracee, result);
        }
        else
        {
            Record(context, tracee, path.Name, how, before);
        }

        context.IsProbeAbsent = result == -errno.ENOENT && !before.Exists;
        context.IsProbeKnown = context.IsProbeAbsent
            || (result == 0 && before.Type is FileType.Regular or FileType.Directory);
        return EntryAnswer.Go;
    }

    private static PendingOpen NewPending(ResolvedPath path, in OpenHow how, bool isTerminal, in FileStamp before,
        KeptFile? kept = null) =>
        new(how) { IsTerminal = isTerminal, Path = new ByteString(path.Name), Before = before, Kept = kept };

    private static void Announce(CallContext context, int flags, in FileStamp before)
    {
        bool truncates = (flags & O_TRUNC) != 0;
        if (before.Type != FileType.Directory && (truncates || (flags & O_ACCMODE) != 0))
        {
            context.Announce(context.Path, before, (flags & O_ACCMODE) == O_RDWR
                ? AccessKind.ReadWrite
                : AccessKind.Write, truncates);
        }
    }

    /// <summary>Notes the open of a device that may be the terminal: the command has one more way to it.</summary>
    private static void NoteTerminal(CallContext context, int flags, in FileStamp before)
    {
        if (context.Plan.Terminal is { } terminal && before.Type == FileType.CharacterDevice && (flags & O_PATH) == 0
            && !IsOtherDevice(terminal, context.Path.Name))
        {
            terminal.Opened(reads: (flags & O_ACCMODE) != O_WRONLY);
        }
    }

    /// <summary>Whether a path leads to a device that is certainly not the terminal.</summary>
    /// <remarks>
    /// /dev/fd/N and /dev/stderr mean the tracee's own descriptors, so our own lookup would find others.
    /// </remarks>
    private static bool IsOtherDevice(TerminalWatch terminal, ReadOnlySpan<byte> path) =>
        path.StartsWith("/dev/"u8)
        && !path.StartsWith("/dev/fd/"u8)
        && !path.StartsWith("/dev/std"u8)
        && (path.SequenceEqual("/dev/null"u8) || !terminal.IsOne(Terminals.DeviceOf([.. path, 0])));

    /// <summary>Records an open that succeeded.</summary>
    public static void Record(CallContext context, Tracee tracee, ReadOnlySpan<byte> path, in OpenHow how,
        in FileStamp before)
    {
        int flags = how.Flags;
        bool existed = before.Exists;
        bool truncates = existed && (flags & O_TRUNC) != 0;
        if ((flags & O_PATH) != 0 || before.Type == FileType.Directory)
        {
            // Such a descriptor shows nothing of the file's content.
            if (context.Plan.Probes)
            {
                context.RecordExistence(tracee, path, before);
            }

            return;
        }

        if (before.Type == FileType.Fifo && context.IsManifestKept && IsNamed(path))
        {
            int access = flags & O_ACCMODE;
            context.Names.Peers.Open(before, path, reads: access != O_WRONLY, writes: access != 0, tracee.Tgid);
        }

        AccessKind kind = (flags & O_ACCMODE) switch
        {
            _ when !existed && (flags & O_CREAT) != 0 => AccessKind.Create,
            _ when truncates => AccessKind.Write,
            0 => AccessKind.Read,
            O_WRONLY => AccessKind.Write,
            _ => AccessKind.ReadWrite,
        };
        truncates |= kind == AccessKind.Create && (flags & (O_TRUNC | O_EXCL)) != 0;
        context.Recorder.Record(
            tracee.Execution,
            new Access(0, 0, kind, default, default, existed ? before.Type : FileType.Regular, truncates, before)
            {
                IsExclusive = kind == AccessKind.Create && (flags & O_EXCL) != 0,
                Makes = (flags & O_CREAT) != 0 ? (uint)how.Mode & 0xfff : null,
                IsWriteOnly = (flags & O_ACCMODE) == O_WRONLY,
            },
            path);
    }

    /// <summary>Whether a FIFO has a name in a file system.</summary>
    /// <remarks>An anonymous pipe or a standard stream can only be reopened through /dev/fd/N or /proc.</remarks>
    private static bool IsNamed(ReadOnlySpan<byte> path) =>
        !path.StartsWith("/dev/"u8) || path.StartsWith("/dev/shm/"u8);

    /// <summary>
    /// The kinds of access, as bits, after which another open with these flags adds nothing to the trace.
    /// </summary>
    private static uint SameOpen(int flags) => (flags & O_ACCMODE) switch
    {
        _ when (flags & O_PATH) != 0 => Recorder.Bit(AccessKind.Probe),
        0 when (flags & O_TRUNC) == 0 => CallContext.ReadBits,
        0 or O_WRONLY => CallContext.WriteBits,
        _ => Recorder.Bit(AccessKind.ReadWrite) | Recorder.Bit(AccessKind.Create),
    };
}

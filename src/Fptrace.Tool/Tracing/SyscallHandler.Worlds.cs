using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Calls after which paths or permissions mean something else, or something escapes us.</summary>
internal sealed partial class SyscallHandler
{
    // mount(2): with these no path means another file than before.
    private const int HarmlessMountFlags = mount.MS_REMOUNT | mount.MS_SHARED | mount.MS_SLAVE | mount.MS_PRIVATE | mount.MS_UNBINDABLE;

    private EntryAnswer EnterClone(Tracee tracee, in SyscallEntry call)
    {
        ulong flags;
        ulong arguments = 0;
        if (call.Form.Operation == Operation.Clone)
        {
            flags = call.Argument(call.Form.Flags);
        }
        else
        {
            // struct clone_args begins with the flags.
            arguments = call.Argument(call.Form.Extra);
            if (!_memory.TryReadNumber(arguments, 8, out flags))
            {
                return EntryAnswer.Go;
            }
        }

        tracee.CloneFlags = (uint)flags;
        if ((flags & sched.CLONE_NEWNS) != 0)
        {
            _names.Hosts.Entered();
        }

        if ((flags & sched.CLONE_UNTRACED) == 0)
        {
            return EntryAnswer.Go;
        }

        if (call.Form.Operation == Operation.Clone)
        {
            return EntryAnswer.StripUntraced;
        }

        if (!_memory.TryWrite(arguments, BitConverter.GetBytes(flags & ~(ulong)sched.CLONE_UNTRACED)))
        {
            _recorder.AddReason(IncompleteReason.UntracedChild, tracee.Tgid, "clone3 with CLONE_UNTRACED in memory that cannot be written");
        }

        return EntryAnswer.Go;
    }

    private EntryAnswer EnterCredentials(Tracee tracee, in SyscallEntry call)
    {
        // make sets the ids that it has, in each of its children.
        if (!TraceeCredentials.AreKeptBy(call))
        {
            tracee.HasOwnCredentials = true;
            _placement.Forbid();
        }

        return EntryAnswer.Go;
    }

    private EntryAnswer EnterProcessors(Tracee tracee, in SyscallEntry call)
    {
        if (call.Form.Operation == Operation.AskProcessors)
        {
            _placement.Asked();
        }
        else
        {
            int whose = call.Int(call.Form.Extra);
            _placement.Chosen(whose == 0 ? tracee.Tid : whose);
        }

        return EntryAnswer.Go;
    }

    /// <summary>What Landlock denies shows in the end of an open alone.</summary>
    private static EntryAnswer EnterRestrict(Tracee tracee)
    {
        tracee.IsRestricted = true;
        return EntryAnswer.Go;
    }

    private EntryAnswer EnterWorld(Tracee tracee, in SyscallEntry call)
    {
        switch (call.Form.Operation)
        {
            case Operation.Unshare when (call.Flags & (sched.CLONE_NEWNS | sched.CLONE_NEWUSER)) == 0:
            case Operation.Mount when call.Form.Flags >= 0 && (call.Flags & HarmlessMountFlags) != 0:
                return EntryAnswer.Go;
            case Operation.Mount when call.Form.Path >= 0
                && !_names.Hosts.IsForeign(tracee.Tid)
                && _paths.Resolve(tracee, fcntl.AT_FDCWD, call.Argument(call.Form.Path), orDescriptor: false, _path)
                && IsKernelsOwn(_path.Name):
                return EntryAnswer.Go;
            default:
                return Want(tracee, new PendingCall { Operation = call.Form.Operation, Flags = call.Flags });
        }
    }

    private void ExitWorld(Tracee tracee, PendingCall call)
    {
        switch (call.Operation)
        {
            case Operation.IoUring:
                _recorder.AddReason(IncompleteReason.IoUring, tracee.Tgid, "io_uring was allowed; what it opens and reads is not seen");
                break;
            case Operation.ChangeRoot:
                tracee.HasForeignRoot = true;
                break;
            case Operation.Unshare:
                if ((call.Flags & sched.CLONE_NEWNS) != 0)
                {
                    tracee.HasForeignRoot = true;
                    _names.Hosts.Entered();
                }

                tracee.HasOwnCredentials |= (call.Flags & sched.CLONE_NEWUSER) != 0;
                break;
            case Operation.SetNamespace:
                tracee.HasForeignRoot = true;
                tracee.HasOwnCredentials = true;
                _names.Hosts.Entered();
                break;
            case Operation.Mount:
                tracee.HasForeignRoot = true;
                _names.Hosts.Changed();
                if (!_names.Hosts.IsForeign(tracee.Tid))
                {
                    _recorder.AddReason(IncompleteReason.MountNamespace, tracee.Tgid, "mounts were changed; a path may mean another file than before");
                }

                break;
            case Operation.DetachedMount:
                _recorder.AddReason(IncompleteReason.MountNamespace, tracee.Tgid, "it made a mount that stands nowhere; paths relative to it have no name");
                break;
            case Operation.Unknown:
                _recorder.AddReason(IncompleteReason.UnknownCall, tracee.Tgid, $"system call {call.Flags} is newer than this fptrace; what it does is not seen");
                break;
            default:
                break;
        }
    }

    /// <summary>seccomp(2) with a listener: the kernel grants one to a process and its ancestors, and asks it before it stops anybody for a tracer.</summary>
    private void ExitListen(Tracee tracee, long result)
    {
        const string Remedy = "; --engine syscall lets it have one and sees everything";
        if (Engine == EngineKind.Notify && result == -errno.EBUSY)
        {
            _recorder.AddReason(IncompleteReason.InnerListener, tracee.Tgid, "it asked for a listener of seccomp, which fptrace is already: the kernel refused" + Remedy);
        }
        else if (Engine == EngineKind.Ptrace && result >= 0)
        {
            _recorder.AddReason(IncompleteReason.InnerListener, tracee.Tgid, "it listens to calls by seccomp, and those that it lets go on are not seen" + Remedy);
        }
    }

    private static bool IsKernelsOwn(ReadOnlySpan<byte> path) =>
        path.StartsWith("/proc"u8) || path.StartsWith("/sys"u8) || path.StartsWith("/dev"u8);
}

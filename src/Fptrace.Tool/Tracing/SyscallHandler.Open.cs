using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Opening files.</summary>
internal sealed partial class SyscallHandler
{
    private EntryAnswer EnterOpen(Tracee tracee, in SyscallEntry call, bool seesExit)
    {
        int flags = call.Flags;
        bool inRoot = false;
        int mode = call.Int(call.Form.Extra);
        if (call.Form.Operation == Operation.OpenHow)
        {
            // struct open_how: flags, mode, resolve.
            ulong how = call.Argument(call.Form.Extra);
            if (!_memory.TryReadNumber(how, 8, out ulong given) || !_memory.TryReadNumber(how + 8, 8, out ulong made) || !_memory.TryReadNumber(how + 16, 8, out ulong resolve))
            {
                return EntryAnswer.Go;
            }

            flags = (int)given;
            mode = (int)made;
            inRoot = (resolve & fcntl.RESOLVE_IN_ROOT) != 0;
        }

        bool isNameless = (flags & call.Abi.O_TMPFILE) == call.Abi.O_TMPFILE;
        if ((isNameless && !IsManifestKept)
            || (!_plan.Probes && (flags & (fcntl.O_PATH | call.Abi.O_DIRECTORY)) != 0)
            || !(inRoot
                ? _paths.ResolveInRoot(tracee, call.At, call.Argument(call.Form.Path), _path)
                : _paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), orDescriptor: false, _path)))
        {
            return EntryAnswer.Go;
        }

        if (isNameless)
        {
            // It is created when it is linked. But the directory for it must be one, and one that may be written to.
            RecordProbe(tracee, _path, follow: true);
            return EntryAnswer.Go;
        }

        if (_placement.MayPin && _path.Name.EndsWith("/status"u8))
        {
            // Of /proc/PID, which tells where a thread may run. Only the ptrace thread can let it go.
            if (!seesExit)
            {
                return EntryAnswer.MakeAgain;
            }

            _placement.Forbid();
        }

        bool keeps = _plan.Undelete && (flags & fcntl.O_TRUNC) != 0;
        bool follow = (flags & call.Abi.O_NOFOLLOW) == 0 && (flags & (fcntl.O_CREAT | fcntl.O_EXCL)) != (fcntl.O_CREAT | fcntl.O_EXCL);
        // Where a standard stream is a terminal its own watch tells whether somebody's typing was read.
        bool isTerminal = IsManifestKept && _plan.Terminal is null && (flags & fcntl.O_ACCMODE) != fcntl.O_WRONLY && (flags & fcntl.O_PATH) == 0
            && _path.Name.StartsWith("/dev/"u8) && OpenedTerminal.IsAt(_path.Name, tracee.Tid);
        bool known = !inRoot && !isTerminal && (follow ? KnowsFollowed(tracee, _path, SameOpen(flags)) : Knows(tracee, _path, SameOpen(flags))) && !keeps;
        if (_path.IsDeleted)
        {
            return EntryAnswer.Go;
        }

        if (known && (flags & fcntl.O_ACCMODE) == fcntl.O_RDWR)
        {
            // No news, unless whoever made the file could not read it so far.
            _recorder.Changes?.Changing(_path.Name, default, AccessKind.ReadWrite, truncates: false);
        }

        if (known && (flags & fcntl.O_CREAT) == 0)
        {
            return EntryAnswer.Go;
        }

        int result;
        FileStamp before;
        using (TraceeCredentials.Borrow(tracee))
        {
            result = _path.Stat(follow, out before);
            result = result < 0 || seesExit ? result : Predict(flags, call.Abi, before);
        }

        if (known && before.Exists)
        {
            return EntryAnswer.Go;
        }

        NoteTerminal(flags, before);
        bool unsure = result < 0 && MayBeOtherwise(tracee, result, before);
        if (!seesExit && (unsure || (result == 0 && MayFail(tracee, call, before))))
        {
            return EntryAnswer.MakeAgain;
        }

        if (seesExit)
        {
            if (unsure && !before.Exists)
            {
                _path.Stat(follow, out before);
            }

            if (keeps)
            {
                KeepCopy(_path, before);
            }

            AnnounceOpen(flags, before);
            return Want(tracee, Pending(flags, before));
        }

        if (result < 0)
        {
            ExitFailed(tracee, Pending(flags, before), result);
        }
        else
        {
            RecordOpen(tracee, _path.Name, flags, mode, before);
        }

        return EntryAnswer.Go;

        PendingCall Pending(int flags, FileStamp before) =>
            new()
            {
                Operation = inRoot ? Operation.OpenHow : Operation.Open,
                Flags = flags,
                Mode = mode,
                IsTerminal = isTerminal,
                Path = new ByteString(_path.Name),
                Before = before,
            };
    }

    /// <summary>Whether an open that changes nothing may wait, as that of a FIFO does. What cannot be looked up may.</summary>
    public bool MayWait(Tracee tracee, in SyscallEntry call)
    {
        _memory.Attach(tracee.Tid);
        if (!_paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), orDescriptor: false, _path))
        {
            return true;
        }

        using (TraceeCredentials.Borrow(tracee))
        {
            _path.Stat(follow: true, out FileStamp stamp);
            return stamp.Type is FileType.Fifo or FileType.CharacterDevice or FileType.BlockDevice;
        }
    }

    private void AnnounceOpen(int flags, in FileStamp before)
    {
        bool truncates = (flags & fcntl.O_TRUNC) != 0;
        if (before.Type != FileType.Directory && (truncates || (flags & fcntl.O_ACCMODE) != 0))
        {
            Announce(_path, before, (flags & fcntl.O_ACCMODE) == fcntl.O_RDWR ? AccessKind.ReadWrite : AccessKind.Write, truncates);
        }
    }

    private void ExitOpen(Tracee tracee, PendingCall call, int fd)
    {
        RecordOpen(tracee, call.Path.Span, call.Flags, call.Mode, call.Before);
        if (call.IsTerminal)
        {
            tracee.Terminal = new OpenedTerminal(fd);
        }

        const int Kept = fcntl.O_TRUNC | fcntl.O_EXCL | fcntl.O_ACCMODE;
        if (_recorder.Changes is not null && (call.Flags & Kept) == fcntl.O_RDWR && call.Before.Type is FileType.Regular or FileType.None)
        {
            tracee.Fresh = new FreshDescriptor(fd, call.Path);
        }
    }

    /// <summary>In a root directory of its own the path is another than it says: the new descriptor knows.</summary>
    private void ExitOpenInRoot(Tracee tracee, PendingCall call, int fd)
    {
        if (IsManifestKept)
        {
            // The descriptor tells nothing of the links on the way.
            RecordWay(tracee, call.Path.Span, onlyDirectory: false);
        }

        if (_paths.Descriptor(tracee.Tid, fd, _path) && !_path.IsDeleted)
        {
            RecordOpen(tracee, _path.Name, call.Flags, call.Mode, call.Before);
        }
    }

    /// <summary>open_by_handle_at names no path: the new descriptor does.</summary>
    private void ExitOpenHandle(Tracee tracee, PendingCall call, int fd)
    {
        if (_paths.Descriptor(tracee.Tid, fd, _path) && !_path.IsDeleted)
        {
            _path.Stat(follow: true, out FileStamp stamp);
            RecordOpen(tracee, _path.Name, call.Flags, call.Mode, stamp);
        }
    }

    private void RecordOpen(Tracee tracee, ReadOnlySpan<byte> path, int flags, int mode, in FileStamp before)
    {
        bool existed = before.Exists;
        bool truncates = existed && (flags & fcntl.O_TRUNC) != 0;
        if ((flags & fcntl.O_PATH) != 0 || before.Type == FileType.Directory)
        {
            // Nothing of its content is seen by this.
            if (_plan.Probes)
            {
                _recorder.Record(tracee.Execution, AccessKind.Probe, path, before.Type, before);
            }

            return;
        }

        if (before.Type == FileType.Fifo && IsManifestKept && IsNamed(path))
        {
            int access = flags & fcntl.O_ACCMODE;
            _names.Meetings.Open(before, path, reads: access != fcntl.O_WRONLY, writes: access != 0, tracee.Tgid);
        }

        AccessKind kind = (flags & fcntl.O_ACCMODE) switch
        {
            _ when !existed && (flags & fcntl.O_CREAT) != 0 => AccessKind.Create,
            _ when truncates => AccessKind.Write,
            0 => AccessKind.Read,
            fcntl.O_WRONLY => AccessKind.Write,
            _ => AccessKind.ReadWrite,
        };
        truncates |= kind == AccessKind.Create && (flags & (fcntl.O_TRUNC | fcntl.O_EXCL)) != 0;
        _recorder.Record(
            tracee.Execution,
            new Model.FileAccess(0, 0, kind, default, default, existed ? before.Type : FileType.Regular, truncates, before)
            {
                IsExclusive = kind == AccessKind.Create && (flags & fcntl.O_EXCL) != 0,
                Makes = (flags & fcntl.O_CREAT) != 0 ? (uint)mode & 0xfff : null,
                IsWriteOnly = (flags & fcntl.O_ACCMODE) == fcntl.O_WRONLY,
            },
            path);
    }

    /// <summary>A pipe without a name, or a standard stream, is opened again as /dev/fd/N.</summary>
    private static bool IsNamed(ReadOnlySpan<byte> path) => !path.StartsWith("/dev/"u8) || path.StartsWith("/dev/shm/"u8);

    /// <summary>The kinds that make another open with these flags no news.</summary>
    private static uint SameOpen(int flags) => (flags & fcntl.O_ACCMODE) switch
    {
        _ when (flags & fcntl.O_PATH) != 0 => Recorder.Bit(AccessKind.Probe),
        0 when (flags & fcntl.O_TRUNC) == 0 => ReadBits,
        0 or fcntl.O_WRONLY => WriteBits,
        _ => Recorder.Bit(AccessKind.ReadWrite) | Recorder.Bit(AccessKind.Create),
    };
}

using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Calls that change names, sizes and attributes.</summary>
internal sealed partial class SyscallHandler
{
    private EntryAnswer EnterRename(Tracee tracee, in SyscallEntry call)
    {
        if (!_paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), orDescriptor: false, _path)
            || !_paths.Resolve(tracee, call.At2, call.Argument(call.Form.Path2), orDescriptor: false, _path2))
        {
            return EntryAnswer.Go;
        }

        _path.Stat(follow: false, out FileStamp before);
        _path2.Stat(follow: false, out FileStamp before2);
        if (_plan.Undelete && before.Exists && (call.Flags & fcntl.RENAME_EXCHANGE) == 0 && !IsSameFile(before, before2))
        {
            KeepName(_path2, before2);
        }

        Announce(_path, before, AccessKind.RenameFrom);
        Announce(_path2, before2, (call.Flags & fcntl.RENAME_EXCHANGE) != 0 ? AccessKind.RenameFrom : AccessKind.RenameTo);
        _recorder.Renames.Begin();
        return Want(tracee, new PendingCall
        {
            Operation = Operation.Rename,
            Flags = call.Flags,
            Path = new ByteString(_path.Name),
            Path2 = new ByteString(_path2.Name),
            Before = before,
            Before2 = before2,
        });
    }

    private void ExitRename(Tracee tracee, PendingCall call)
    {
        // rename(2): two names of one file stay as they are.
        if (IsSameFile(call.Before, call.Before2))
        {
            if (IsManifestKept)
            {
                // Where they change places nothing else would come of two equal files.
                bool exchanges = (call.Flags & fcntl.RENAME_EXCHANGE) != 0;
                Record(
                    tracee,
                    Change(AccessKind.Probe, call.Path, exchanges ? default : call.Path2, call.Before.Type, call.Before),
                    Change(AccessKind.Probe, call.Path2, default, call.Before2.Type, call.Before2));
            }

            return;
        }

        if (call.Before.Type is FileType.Directory or FileType.Symlink || call.Before2.Type is FileType.Directory or FileType.Symlink)
        {
            _names.OwnLinks.Forget();
        }

        Model.FileAccess from = Change(AccessKind.RenameFrom, call.Path, call.Path2, call.Before.Type, call.Before);
        Model.FileAccess to = Change(AccessKind.RenameTo, call.Path2, call.Path, call.Before.Type, call.Before2);
        if ((call.Flags & fcntl.RENAME_EXCHANGE) == 0)
        {
            Record(tracee, from, to with { IsExclusive = (call.Flags & fcntl.RENAME_NOREPLACE) != 0 });
        }
        else
        {
            Record(
                tracee,
                from,
                to,
                Change(AccessKind.RenameFrom, call.Path2, call.Path, call.Before2.Type, call.Before2),
                Change(AccessKind.RenameTo, call.Path, call.Path2, call.Before2.Type, call.Before));
        }
    }

    private EntryAnswer EnterLink(Tracee tracee, in SyscallEntry call)
    {
        bool byDescriptor = (call.Flags & fcntl.AT_EMPTY_PATH) != 0;
        if (!_paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), byDescriptor, _path)
            || !_paths.Resolve(tracee, call.At2, call.Argument(call.Form.Path2), orDescriptor: false, _path2))
        {
            return EntryAnswer.Go;
        }

        _path.Stat(byDescriptor || (call.Flags & fcntl.AT_SYMLINK_FOLLOW) != 0, out FileStamp before);
        return Want(tracee, new PendingCall
        {
            Operation = Operation.Link,
            Path = _path.IsDeleted ? default : new ByteString(_path.Name),
            Path2 = new ByteString(_path2.Name),
            Before = before,
            Before2 = InTheWay(_path2),
        });
    }

    private void ExitLink(Tracee tracee, PendingCall call)
    {
        if (call.Path.IsEmpty)
        {
            // O_TMPFILE gets its first name.
            Record(tracee, Made(call.Path2, call.Before.Type));
        }
        else
        {
            if (call.Before.Type == FileType.Symlink)
            {
                _names.OwnLinks.Forget();
            }

            Record(
                tracee,
                Change(AccessKind.LinkFrom, call.Path, call.Path2, call.Before.Type, call.Before),
                Change(AccessKind.LinkTo, call.Path2, call.Path, call.Before.Type, default) with { IsExclusive = true });
        }
    }

    private EntryAnswer EnterSymlink(Tracee tracee, in SyscallEntry call)
    {
        byte[]? target = _memory.ReadLongString(call.Argument(call.Form.Path));
        if (target is null || !_paths.Resolve(tracee, call.At2, call.Argument(call.Form.Path2), orDescriptor: false, _path))
        {
            return EntryAnswer.Go;
        }

        return Want(tracee, new PendingCall
        {
            Operation = Operation.Symlink,
            Path = new ByteString(_path.Name),
            Path2 = new ByteString(target),
            Before = InTheWay(_path),
        });
    }

    private EntryAnswer EnterTruncate(Tracee tracee, in SyscallEntry call)
    {
        bool found = call.Form.Operation == Operation.Truncate
            ? _paths.Resolve(tracee, fcntl.AT_FDCWD, call.Argument(call.Form.Path), orDescriptor: false, _path)
            : _paths.Descriptor(tracee.Tid, call.At, _path);
        if (!found || _path.IsDeleted)
        {
            return EntryAnswer.Go;
        }

        // fallocate cuts nothing off. truncate64 has the high half of its length in a register of its own.
        ulong length = call.Form.Operation == Operation.Allocate
            ? ulong.MaxValue
            : call.Argument(call.Form.Extra) | (call.Argument(call.Form.Flags) << 32);
        bool known = KnowsFollowed(tracee, _path, WriteBits) && !_plan.Undelete;
        if (known && (length != 0 || _recorder.Changes is null))
        {
            return EntryAnswer.Go;
        }

        _path.Stat(follow: true, out FileStamp before);
        if (_plan.Undelete && length < (ulong)before.Size)
        {
            KeepCopy(_path, before);
        }

        Announce(_path, before, AccessKind.Write, length == 0);
        return Want(tracee, new PendingCall
        {
            Operation = Operation.Truncate,
            Path = new ByteString(_path.Name),
            Before = before,
            Truncates = length == 0,
            IsKnown = known,
        });
    }

    private void ExitTruncate(Tracee tracee, PendingCall call)
    {
        if (!call.IsKnown)
        {
            _recorder.Record(tracee.Execution, AccessKind.Write, call.Path.Span, FileType.Regular, call.Before, call.Truncates);
        }

        if (call.Truncates)
        {
            _recorder.Changes?.Emptied(call.Path.Span);
        }
    }

    private EntryAnswer EnterAttributes(Tracee tracee, in SyscallEntry call)
    {
        const uint Bit = 1u << (int)AccessKind.Attributes;

        // utimensat and futimesat take no path for the descriptor's own file.
        bool found = call.Form.Operation == Operation.Attributes
            ? _paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), orDescriptor: true, _path)
            : _paths.Descriptor(tracee.Tid, call.At, _path);
        bool follow = call.Form.Operation != Operation.Attributes || (call.Flags & fcntl.AT_SYMLINK_NOFOLLOW) == 0;
        if (!found || (follow ? KnowsFollowed(tracee, _path, Bit) : Knows(tracee, _path, Bit)) || _path.IsDeleted)
        {
            return EntryAnswer.Go;
        }

        _path.Stat(follow, out FileStamp before);
        Announce(_path, before, AccessKind.Attributes);
        return Want(tracee, new PendingCall { Operation = Operation.Attributes, Path = new ByteString(_path.Name), Before = before });
    }

    private EntryAnswer EnterMake(Tracee tracee, in SyscallEntry call)
    {
        if (!_paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), orDescriptor: false, _path))
        {
            return EntryAnswer.Go;
        }

        return Want(tracee, new PendingCall
        {
            Operation = call.Form.Operation,
            Flags = call.Int(call.Form.Extra),
            Path = new ByteString(_path.Name),
            Before = InTheWay(_path),
        });
    }

    private EntryAnswer EnterRemove(Tracee tracee, in SyscallEntry call)
    {
        if (!_paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), orDescriptor: false, _path))
        {
            return EntryAnswer.Go;
        }

        bool directory = (call.Flags & fcntl.AT_REMOVEDIR) != 0;
        _path.Stat(follow: false, out FileStamp before);
        Announce(_path, before, AccessKind.Delete);
        PendingCall pending = new() { Operation = Operation.Remove, Path = new ByteString(_path.Name), Before = before };
        if (!_plan.Undelete)
        {
            return Want(tracee, pending);
        }

        tracee.Pending = new PendingCall
        {
            Operation = pending.Operation,
            Path = pending.Path,
            Before = before,
            Answer = AnswerRemoval(tracee, directory, before),
        };
        return EntryAnswer.Skip;
    }

    private static bool IsSameFile(in FileStamp one, in FileStamp other) =>
        one.Exists && other.Exists && one.Inode == other.Inode && one.Device == other.Device;

    private static Model.FileAccess Change(AccessKind kind, ByteString path, ByteString counterpart, FileType type, in FileStamp before) =>
        new(0, 0, kind, path, counterpart, type, false, before);
}

using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Calls whose thread ended inside of them: by SIGKILL, or because another thread exited for all or called execve.</summary>
/// <remarks>
/// Such a thread makes no exit stop, and yet the call may have come true: what stands there now tells. The kernel tells of the end before
/// anybody who waits for the process, so nobody else has gone on from there. Where nothing tells, as of the open of an existing file, it
/// counts: a trace that holds more than there was makes nothing be skipped.
/// </remarks>
internal sealed partial class SyscallHandler
{
    /// <param name="tracee">Has ended.</param>
    public void CutShort(Tracee tracee)
    {
        // What we answer ourselves is done at the exit.
        if (Release(tracee) is not { Answer: null } call)
        {
            return;
        }

        Faults.Take();
        bool? came = CameTrue(call);
        NoteFaults(tracee);
        if (came == null)
        {
            _recorder.AddReason(IncompleteReason.LostProcess, tracee.Tgid, "it was ended inside of a call; which file that meant is unknown");
        }
        else if (call.Operation == Operation.Bind)
        {
            // Nobody is left who listens, so what was bound explains no connection.
            if (came == true)
            {
                Record(tracee, Made(call.Path, FileType.Socket));
            }

            ExitBind(tracee, call, -errno.EINTR);
        }
        else if (came == true)
        {
            Finish(tracee, call, 0);
        }
    }

    /// <returns>null when that cannot be found out.</returns>
    private static bool? CameTrue(PendingCall call)
    {
        switch (call.Operation)
        {
            case Operation.OpenHow or Operation.OpenHandle:
                // The descriptor would tell the name, and is gone.
                return null;
            case Operation.Open when call.Before.Exists:
                // What is no file may have been waited for.
                return call.Before.Type == FileType.Regular;
            case Operation.Open:
                return (call.Flags & fcntl.O_CREAT) == 0 ? false : Look(call.Path, follow: true, out FileStamp opened) ? opened.Exists : null;
            case Operation.Rename or Operation.Remove:
                return !call.Before.Exists ? false : Look(call.Path, follow: false, out FileStamp left) ? !IsSameFile(call.Before, left) : null;
            case Operation.Link:
                return !call.Before.Exists || call.Before2.Exists ? false : Look(call.Path2, follow: false, out FileStamp linked) ? IsSameFile(call.Before, linked) : null;
            case Operation.Symlink:
                return IsMade(FileType.Symlink);
            case Operation.MakeNode:
                return IsMade(FileStamp.TypeOf((uint)call.Flags));
            case Operation.MakeDirectory:
                return IsMade(FileType.Directory);
            case Operation.Bind:
                return call.Path.IsEmpty ? false : IsMade(FileType.Socket);
            case Operation.Accept or Operation.Input:
                return false;
            case Operation.Output when call.Print is not null:
                // How much of it the terminal took nobody knows.
                return null;
            case Operation.Truncate or Operation.Attributes:
                return call.Before.Exists;
            default:
                return true;
        }

        bool? IsMade(FileType type) => call.Before.Exists ? false : Look(call.Path, follow: false, out FileStamp made) ? made.Type == type : null;
    }

    /// <returns>false when the name is none that we could look up.</returns>
    private static bool Look(ByteString name, bool follow, out FileStamp stamp)
    {
        byte[] path = [.. name.Span, 0];
        int result = FileStamps.Of(path, follow, out stamp);
        return !name.Span.StartsWith("/dev/fptrace/"u8) && result is 0 or -errno.ENOENT or -errno.ENOTDIR;
    }
}

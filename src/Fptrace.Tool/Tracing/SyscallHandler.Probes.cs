using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Calls that ask and change nothing. What they find out is whether something stands there, so a lookup says all.</summary>
internal sealed partial class SyscallHandler
{
    private const int LongestTarget = 4096;
    private const uint ExistenceBits = ReadBits | WriteBits | 1u << (int)AccessKind.Probe | 1u << (int)AccessKind.MakeDirectory;

    private EntryAnswer EnterProbe(Tracee tracee, in SyscallEntry call)
    {
        bool follow = (call.Flags & fcntl.AT_SYMLINK_NOFOLLOW) == 0;
        if (_paths.Resolve(tracee, call.At, call.Argument(call.Form.Path), orDescriptor: false, _path)
            && !(follow ? KnowsFollowed(tracee, _path, ExistenceBits) : Knows(tracee, _path, ExistenceBits))
            && !_path.IsDeleted)
        {
            RecordProbe(tracee, _path, follow);
        }

        return EntryAnswer.Go;
    }

    private EntryAnswer EnterListing(Tracee tracee, in SyscallEntry call)
    {
        if (_paths.Descriptor(tracee.Tid, call.At, _path) && !_path.IsDeleted && !Knows(tracee, _path, Recorder.Bit(AccessKind.Listing)))
        {
            _path.Stat(follow: true, out FileStamp stamp);
            if (stamp.Type == FileType.Directory && IsOpenFor(tracee.Tid, call.At, writes: false))
            {
                _recorder.Record(tracee.Execution, AccessKind.Listing, _path.Name, stamp.Type, stamp);
            }
        }

        return EntryAnswer.Go;
    }

    /// <summary>A directory that a path leads through and, by "..", out of again, or what stands in its place: had it led elsewhere, so would the path.</summary>
    private void RecordPassed(Tracee tracee, ByteString directory)
    {
        if (!_recorder.Knows(tracee.Execution, directory.Span, Recorder.Bit(AccessKind.Probe)))
        {
            RecordWay(tracee, directory.Span, onlyDirectory: !IsManifestKept);
        }
    }

    /// <summary>A link into /proc, which leads the tracee elsewhere than us.</summary>
    private void RecordFollowed(Tracee tracee, ByteString link)
    {
        if (FileStamps.Of([.. link.Span, 0], follow: false, out FileStamp stamp) == 0)
        {
            var access = new Model.FileAccess(0, 0, AccessKind.Probe, default, default, stamp.Type, false, stamp) { AsksForName = true };
            _recorder.Record(tracee.Execution, access, link.Span);
        }
    }

    /// <summary>A call failed that would have made a name: the directory for it may be missing, and what it would have changed places with.</summary>
    private void RecordPlace(Tracee tracee, PendingCall call, bool makes)
    {
        if (!call.Before.Exists && (makes || (call.Operation == Operation.Open && (call.Flags & fcntl.O_CREAT) != 0)))
        {
            // Of "link/." the link itself.
            _recorder.Record(tracee.Execution, AccessKind.Absent, call.Path.Span, FileType.None, default);
            RecordAbove(tracee, call.Path.Span);
            if (!makes)
            {
                RecordTargets(tracee, call.Path);
            }
        }

        if (call.Operation is not (Operation.Rename or Operation.Link))
        {
            return;
        }

        // Which of two directories is missing, or none, decides on the error.
        if (!call.Before.Exists)
        {
            RecordAbove(tracee, call.Path.Span);
        }

        if (call.Before2.Exists)
        {
            return;
        }

        RecordAbove(tracee, call.Path2.Span);
        if (call.Before.Exists || (call.Flags & fcntl.RENAME_EXCHANGE) != 0)
        {
            // Something there would have been in the way before what it failed for now.
            _recorder.Record(tracee.Execution, AccessKind.Absent, call.Path2.Span, FileType.None, default);
        }
    }

    /// <summary>O_CREAT through a link makes what the link leads to: the directory for that is missing.</summary>
    private void RecordTargets(Tracee tracee, ByteString path)
    {
        const int MostLinks = 40;
        Span<byte> target = stackalloc byte[LongestTarget];
        for (int i = 0; i < MostLinks && Files.LinkAt([.. path.Span, 0], target) is > 0 and var length; i++)
        {
            path = target[0] == '/'
                ? new ByteString(target[..length])
                : new ByteString([.. path.Span[..(path.Span.LastIndexOf((byte)'/') + 1)], .. target[..length]]);
            RecordAbove(tracee, path.Span);
        }
    }

    private void RecordAbove(Tracee tracee, ReadOnlySpan<byte> path)
    {
        if (path.LastIndexOf((byte)'/') is > 0 and int slash)
        {
            RecordWay(tracee, path[..slash], onlyDirectory: false);
        }
    }

    private void RecordWay(Tracee tracee, ReadOnlySpan<byte> path, bool onlyDirectory)
    {
        FileStamps.Of([.. path, 0], follow: true, out FileStamp stamp);
        if (stamp.Type == FileType.Directory || !onlyDirectory)
        {
            _recorder.Record(tracee.Execution, stamp.Exists ? AccessKind.Probe : AccessKind.Absent, path, stamp.Type, stamp);
        }
    }

    private void RecordProbe(Tracee tracee, ResolvedPath path, bool follow)
    {
        int result;
        FileStamp stamp;
        using (TraceeCredentials.Borrow(tracee))
        {
            result = path.Stat(follow, out stamp);
        }

        if (result < 0 && MayBeOtherwise(tracee, result, stamp))
        {
            result = 0;
            path.Stat(follow, out stamp);
        }

        // Of "file/" the file is there, whatever the call says.
        AccessKind kind = result == 0 || stamp.Exists ? AccessKind.Probe : AccessKind.Absent;
        _recorder.Record(tracee.Execution, new Model.FileAccess(0, 0, kind, default, default, stamp.Type, false, stamp) { AsksForName = !follow }, path.Name);
    }
}

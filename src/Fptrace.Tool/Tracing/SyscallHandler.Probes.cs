using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Calls that ask and change nothing. What they find out is whether something stands there, so a lookup says all.</summary>
internal sealed partial class SyscallHandler
{
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

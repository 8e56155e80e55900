using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>What a call that fails depends on: what stands at its paths, or does not, and what hinders it in their directories.</summary>
internal sealed partial class SyscallHandler
{
    private const int LongestTarget = 4096;

    /// <param name="tracee">Whose call.</param>
    /// <param name="call">It was to do something with a name.</param>
    /// <param name="error">−errno.</param>
    private void ExitFailed(Tracee tracee, PendingCall call, long error)
    {
        // A file without a name, that a link would have given one, is known by the other name alone.
        if (!_plan.Probes || (call.Path.IsEmpty && !(IsManifestKept && call.Operation == Operation.Link)))
        {
            return;
        }

        // What was to be made is in the way. That it is not says nothing, unless somebody wants to know all; of "link/." it is the link itself.
        bool makes = call.Operation is Operation.Symlink or Operation.MakeNode or Operation.MakeDirectory or Operation.Bind;
        if (!call.Path.IsEmpty && (call.Before.Exists || !makes || IsManifestKept))
        {
            AccessKind kind = call.Before.Exists ? AccessKind.Probe : AccessKind.Absent;
            _recorder.Record(tracee.Execution, kind, call.Path.Span, call.Before.Type, call.Before);
        }

        if (call.Before2.Exists)
        {
            _recorder.Record(tracee.Execution, AccessKind.Probe, call.Path2.Span, call.Before2.Type, call.Before2);
        }

        if (!IsManifestKept)
        {
            return;
        }

        bool isFull = error is -errno.ENOTEMPTY or -errno.EEXIST;
        if (isFull && call is { Operation: Operation.Remove, Before.Type: FileType.Directory })
        {
            RecordContained(tracee, call.Path);
        }
        else if (isFull && call is { Operation: Operation.Rename, Before2.Type: FileType.Directory })
        {
            RecordContained(tracee, call.Path2);
        }
        else
        {
            RecordPlaces(tracee, call, makes);
        }
    }

    /// <summary>The directory of a name may be missing, or be none, or may not be written to; a name that it would have changed places with may be missing.</summary>
    private void RecordPlaces(Tracee tracee, PendingCall call, bool makes)
    {
        bool opensAnew = call.Operation == Operation.Open && (call.Flags & fcntl.O_CREAT) != 0;
        bool takesTwo = call.Operation is Operation.Rename or Operation.Link;
        if (call.Operation == Operation.Remove || (!call.Before.Exists && (makes || opensAnew || takesTwo)))
        {
            RecordAbove(tracee, call.Path.Span);
        }

        if (opensAnew && !call.Before.Exists)
        {
            RecordTargets(tracee, call.Path);
        }

        // Which of two directories is missing, or none, decides on the error.
        if (takesTwo && !call.Before2.Exists)
        {
            RecordAbove(tracee, call.Path2.Span);
            // Of "link/." the link itself.
            bool isLink = FileStamps.Of([.. call.Path2.Span, 0], follow: false, out FileStamp link) == 0 && link.Type == FileType.Symlink;
            if (isLink || call.Before.Exists || (call.Flags & fcntl.RENAME_EXCHANGE) != 0)
            {
                // Something there would have been in the way before what it failed for now.
                _recorder.Record(tracee.Execution, AccessKind.Absent, call.Path2.Span, FileType.None, default);
            }
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

    /// <summary>A directory is not empty as long as one thing stands in it: that one, whichever it is, is what the call depends on.</summary>
    private void RecordContained(Tracee tracee, ByteString directory)
    {
        byte[] path = [.. directory.Span, (byte)'/', .. DirectoryNames.AnyOf([.. directory.Span, 0])];
        if (path[^1] != '/' && FileStamps.Of([.. path, 0], follow: false, out FileStamp stamp) == 0)
        {
            _recorder.Record(tracee.Execution, AccessKind.Probe, path, stamp.Type, stamp);
        }
    }
}

using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>What a call that fails depends on: what stands at its path, or does not, and what hinders it in the directory.</summary>
internal sealed partial class SyscallHandler
{
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

        // What was to be made is in the way, or something else failed that says nothing about it.
        bool makes = call.Operation is Operation.Symlink or Operation.MakeNode or Operation.MakeDirectory or Operation.Bind;
        if (!call.Path.IsEmpty && (call.Before.Exists || !makes))
        {
            AccessKind kind = call.Before.Exists ? AccessKind.Probe : AccessKind.Absent;
            _recorder.Record(tracee.Execution, kind, call.Path.Span, call.Before.Type, call.Before);
        }

        if (call.Before2.Exists)
        {
            _recorder.Record(tracee.Execution, AccessKind.Probe, call.Path2.Span, call.Before2.Type, call.Before2);
        }

        if (IsManifestKept)
        {
            RecordHindrance(tracee, call, makes, error);
        }
    }

    private void RecordHindrance(Tracee tracee, PendingCall call, bool makes, long error)
    {
        FileType full = call.Operation == Operation.Rename ? call.Before2.Type : call.Before.Type;
        if (error is -errno.ENOTEMPTY or -errno.EEXIST && full == FileType.Directory && call.Operation is Operation.Remove or Operation.Rename)
        {
            RecordContained(tracee, call.Operation == Operation.Rename ? call.Path2 : call.Path);
            return;
        }

        // The directory is missing, or none, or may not be written to.
        RecordPlace(tracee, call, makes);
        if (call.Operation == Operation.Remove)
        {
            RecordAbove(tracee, call.Path.Span);
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

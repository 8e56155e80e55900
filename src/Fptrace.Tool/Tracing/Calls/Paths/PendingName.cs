using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>A call that does something with a name. If it fails, that depends on what stands at the name, or does not.</summary>
internal abstract class PendingName : PendingCall
{
    /// <summary>Empty for a file that has no name.</summary>
    public required ByteString Path { get; init; }

    /// <summary>What stood at <see cref="Path"/> before.</summary>
    public FileStamp Before { get; init; }

    /// <summary>It makes the name, and fails where something stands in the way.</summary>
    protected virtual bool Makes => false;

    protected sealed override void Failed(CallContext context, Tracee tracee, long error)
    {
        Failing(context);
        if (context.Plan.Probes && TryRecordNames(context, tracee) && context.IsManifestKept)
        {
            RecordHindrance(context, tracee, error);
        }
    }

    /// <summary>Called first, whatever the plan is.</summary>
    protected virtual void Failing(CallContext context)
    {
    }

    /// <summary>What stands at its names, or does not.</summary>
    /// <returns>false where nothing is known by a name.</returns>
    protected virtual bool TryRecordNames(CallContext context, Tracee tracee)
    {
        // What was to be made is in the way. That it is not says nothing, unless somebody wants to know all.
        if (!Path.IsEmpty && (Before.Exists || !Makes || context.IsManifestKept))
        {
            AccessKind kind = Before.Exists ? AccessKind.Probe : AccessKind.Absent;
            context.Recorder.Record(tracee.Execution, kind, Path.Span, Before.Type, Before);
        }

        return !Path.IsEmpty;
    }

    /// <summary>What else hindered it: the directory of a name may be missing, or be none, or may not be written to.</summary>
    protected virtual void RecordHindrance(CallContext context, Tracee tracee, long error)
    {
        if (Makes && !Before.Exists)
        {
            RecordAbove(context, tracee, Path);
        }
    }

    protected static void RecordAbove(CallContext context, Tracee tracee, ByteString path)
    {
        if (path.Span.LastIndexOf((byte)'/') is > 0 and int slash)
        {
            context.RecordWay(tracee, path.Span[..slash], onlyDirectory: false);
        }
    }

    /// <summary>A directory is not empty as long as one thing stands in it: that one, whichever it is, is what the call depends on.</summary>
    protected static void RecordContained(CallContext context, Tracee tracee, ByteString directory)
    {
        byte[] path = [.. directory.Span, (byte)'/', .. DirectoryContents.AnyName([.. directory.Span, 0])];
        if (path[^1] != '/' && FileStamps.Of([.. path, 0], follow: false, out FileStamp stamp) == 0)
        {
            context.RecordExistence(tracee, path, stamp);
        }
    }

    protected static bool IsFull(long error) => error is -errno.ENOTEMPTY or -errno.EEXIST;

    /// <summary>Whether the call has made the name as something of this type, though nobody saw its end.</summary>
    protected bool? IsMade(FileType type) =>
        Before.Exists ? false : TryLook(Path, follow: false, out FileStamp made) ? made.Type == type : null;

    /// <returns>false when the name is none that we could look up.</returns>
    protected static bool TryLook(ByteString name, bool follow, out FileStamp stamp)
    {
        int result = FileStamps.Of([.. name.Span, 0], follow, out stamp);
        return !name.Span.StartsWith("/dev/fptrace/"u8) && result is 0 or -errno.ENOENT or -errno.ENOTDIR;
    }
}

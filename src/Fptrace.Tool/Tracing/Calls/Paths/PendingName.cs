using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>A pending call on a name. If it fails, that depends on what exists at the name.</summary>
internal abstract class PendingName : PendingCall
{
    /// <summary>Absolute; empty for a file that has no name.</summary>
    public required ByteString Path { get; init; }

    /// <summary>What existed at <see cref="Path"/> before the call.</summary>
    public FileStamp Before { get; init; }

    public sealed override bool LooksUp => true;

    public override bool ChangesNames => true;

    /// <summary>Whether the call makes the name, and so fails where something exists already.</summary>
    protected virtual bool Makes => false;

    protected sealed override void Failed(CallContext context, Tracee tracee, long error)
    {
        Failing(context);
        if (context.Plan.Probes && TryRecordNames(context, tracee) && context.IsManifestKept)
        {
            RecordHindrance(context, tracee, error);
        }
    }

    /// <summary>Called first when the call has failed, whatever the plan is.</summary>
    protected virtual void Failing(CallContext context)
    {
    }

    /// <summary>Records what exists at the names of a failed call, or that nothing does.</summary>
    /// <returns>False when the file has no name to record.</returns>
    protected virtual bool TryRecordNames(CallContext context, Tracee tracee)
    {
        // What exists at a name that was to be made is the cause. That nothing exists explains no failure, so only a
        // manifest records it.
        if (!Path.IsEmpty && (Before.Exists || !Makes || context.IsManifestKept))
        {
            AccessKind kind = Before.Exists ? AccessKind.Probe : AccessKind.Absent;
            context.Recorder.Record(tracee.Execution, kind, Path.Span, Before.Type, Before);
        }

        return !Path.IsEmpty;
    }

    /// <summary>Records what else may have caused the error.</summary>
    /// <remarks>The directory of a name may be missing, may be no directory, or may not be writable.</remarks>
    protected virtual void RecordHindrance(CallContext context, Tracee tracee, long error)
    {
        if (Makes && !Before.Exists)
        {
            RecordAbove(context, tracee, Path);
        }
    }

    protected static Access Change(AccessKind kind, ByteString path, ByteString counterpart, FileType type,
        in FileStamp before) =>
        new(0, 0, kind, path, counterpart, type, false, before);

    protected static void RecordAbove(CallContext context, Tracee tracee, ByteString path)
    {
        if (path.Span.LastIndexOf((byte)'/') is > 0 and int slash)
        {
            context.RecordWay(tracee, path.Span[..slash]);
        }
    }

    /// <summary>Records an entry of a directory that is not empty.</summary>
    /// <remarks>Any entry will do: as long as one exists, the call fails with ENOTEMPTY.</remarks>
    protected static void RecordContained(CallContext context, Tracee tracee, ByteString directory)
    {
        byte[] path = [.. directory.Span, (byte)'/', .. DirectoryContents.AnyName([.. directory.Span, 0])];
        if (path[^1] != '/' && FileStamps.Of([.. path, 0], FinalLink.Keep, out FileStamp stamp) == 0)
        {
            context.RecordExistence(tracee, path, stamp);
        }
    }

    protected static bool IsFull(long error) => error is -errno.ENOTEMPTY or -errno.EEXIST;

    /// <summary>Whether the call made the name, as a file of this type, though nobody saw its exit.</summary>
    protected bool? IsMade(FileType type) =>
        Before.Exists ? false : TryLook(Path, FinalLink.Keep, out FileStamp made) ? made.Type == type : null;

    /// <returns>False when our own lookup tells nothing of this name.</returns>
    protected static bool TryLook(ByteString name, FinalLink follow, out FileStamp stamp)
    {
        int result = FileStamps.Of([.. name.Span, 0], follow, out stamp);
        return !name.Span.StartsWith("/dev/fptrace/"u8) && result is 0 or -errno.ENOENT or -errno.ENOTDIR;
    }
}

using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>A call on a name that gives its file another one: rename, link.</summary>
internal abstract class PendingNames : PendingName
{
    /// <summary>The new name.</summary>
    public required ByteString Path2 { get; init; }

    /// <summary>What stood at <see cref="Path2"/> before.</summary>
    public FileStamp Before2 { get; init; }

    /// <summary>The files change their names: the second must be there.</summary>
    protected virtual bool Exchanges => false;

    protected override bool TryRecordNames(CallContext context, Tracee tracee)
    {
        // A file without a name, that the call would have given one, is known by the other name alone.
        if (!base.TryRecordNames(context, tracee) && !context.IsManifestKept)
        {
            return false;
        }

        if (Before2.Exists)
        {
            context.RecordExistence(tracee, Path2.Span, Before2);
        }

        return true;
    }

    /// <summary>Which of two directories is missing, or none, decides on the error.</summary>
    protected override void RecordHindrance(CallContext context, Tracee tracee, long error)
    {
        if (!Before.Exists)
        {
            RecordAbove(context, tracee, Path);
        }

        if (Before2.Exists)
        {
            return;
        }

        RecordAbove(context, tracee, Path2);

        // Of "link/." it is the link itself.
        bool isLink = FileStamps.Of([.. Path2.Span, 0], follow: false, out FileStamp link) == 0 && link.Type == FileType.Symlink;
        if (isLink || Before.Exists || Exchanges)
        {
            // Something there would have been in the way before what it failed for now.
            context.Recorder.Record(tracee.Execution, AccessKind.Absent, Path2.Span, FileType.None, default);
        }
    }

    protected static Access Change(AccessKind kind, ByteString path, ByteString counterpart, FileType type, in FileStamp before) =>
        new(0, 0, kind, path, counterpart, type, false, before);
}

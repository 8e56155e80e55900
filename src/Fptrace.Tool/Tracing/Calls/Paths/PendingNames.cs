using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>A pending call that gives the file of one name another name: rename or link.</summary>
internal abstract class PendingNames : PendingName
{
    /// <summary>The new name.</summary>
    public required ByteString Path2 { get; init; }

    /// <summary>What existed at <see cref="Path2"/> before the call.</summary>
    public FileStamp Before2 { get; init; }

    /// <summary>Whether the two files swap their names (RENAME_EXCHANGE). Then the second one must exist.</summary>
    protected virtual bool Exchanges => false;

    protected override bool TryRecordNames(CallContext context, Tracee tracee)
    {
        // A file from O_TMPFILE has no first name. Only the name that linkat was to give it is known.
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

    /// <summary>Records the directories of both names: which one is missing decides which error is returned.</summary>
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

        // With "link/." Before2 tells of the link's target, but the name is that of the link.
        bool isLink = FileStamps.Of([.. Path2.Span, 0], FinalLink.Keep, out FileStamp link) == 0
            && link.Type == FileType.Symlink;
        if (isLink || Before.Exists || Exchanges)
        {
            // Had something existed there, the call might have failed with another error before.
            context.Recorder.Record(tracee.Execution, AccessKind.Absent, Path2.Span, FileType.None, default);
        }
    }
}

using Fptrace.Linux.FileSystem;
using Fptrace.Model;
using Fptrace.Tracing.Tracees;
using static Fptrace.Linux.Headers.fcntl;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>An open between its entry and its end.</summary>
internal sealed class PendingOpen(OpenHow how) : PendingName
{
    private const int LongestTarget = 4096;
    private const int MostLinks = 40;

    /// <summary>Whether it opens, for reading, the terminal at which fptrace was started.</summary>
    public bool IsTerminal { get; init; }

    /// <inheritdoc/>
    public override bool ChangesNames => !Before.Exists;

    /// <inheritdoc/>
    public override bool ChangesWays => false;

    public override bool? HasComeTrue()
    {
        if (how.InRoot)
        {
            // Only the new descriptor would tell the name, and it is gone with the thread.
            return null;
        }

        // The open of anything but a regular file, such as a FIFO, may still have been waiting.
        return Before.Exists ? Before.Type == FileType.Regular
            : (how.Flags & O_CREAT) == 0 ? false
            : TryLook(Path, FinalLink.Follow, out FileStamp opened) ? opened.Exists
            : null;
    }

    protected override void Succeeded(CallContext context, Tracee tracee, long result)
    {
        int fd = (int)result;
        if (how.InRoot)
        {
            SucceededInRoot(context, tracee, fd);
            return;
        }

        OpenCall.Record(context, tracee, Path.Span, how, Before);
        if (IsTerminal)
        {
            tracee.Call.Follow(new OpenedTerminal(fd));
        }

        const int Kept = O_TRUNC | O_EXCL | O_ACCMODE;
        if (context.Recorder.Changes is not null && (how.Flags & Kept) == O_RDWR
            && Before.Type is FileType.Regular or FileType.None)
        {
            tracee.Call.Follow(new FreshDescriptor(fd, Path));
        }
    }

    protected override void RecordHindrance(CallContext context, Tracee tracee, long error)
    {
        if (!how.InRoot && (how.Flags & O_CREAT) != 0 && !Before.Exists)
        {
            RecordAbove(context, tracee, Path);
            RecordTargets(context, tracee);
        }
    }

    /// <summary>
    /// Records an open with RESOLVE_IN_ROOT. Only the new descriptor tells which file the path meant.
    /// </summary>
    private void SucceededInRoot(CallContext context, Tracee tracee, int fd)
    {
        if (context.IsManifestKept)
        {
            // The descriptor does not tell of the links on the way.
            context.RecordWay(tracee, Path.Span);
        }

        if (context.Paths.Descriptor(tracee.Tid, fd, context.Path) && !context.Path.IsDeleted)
        {
            OpenCall.Record(context, tracee, context.Path.Name, how, Before);
        }
    }

    /// <summary>Records the directories of the link's targets.</summary>
    /// <remarks>
    /// O_CREAT through a dangling link makes the link's target, and fails if the directory for it is missing.
    /// </remarks>
    private void RecordTargets(CallContext context, Tracee tracee)
    {
        ByteString path = Path;
        Span<byte> target = stackalloc byte[LongestTarget];
        for (int i = 0; i < MostLinks && Files.LinkAt([.. path.Span, 0], target) is > 0 and var length; i++)
        {
            path = target[0] == '/'
                ? new ByteString(target[..length])
                : new ByteString([.. path.Span[..(path.Span.LastIndexOf((byte)'/') + 1)], .. target[..length]]);
            RecordAbove(context, tracee, path);
        }
    }
}

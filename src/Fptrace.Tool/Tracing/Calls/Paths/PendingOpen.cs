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

    /// <summary>It is for reading, and of the terminal at which we were started.</summary>
    public bool IsTerminal { get; init; }

    public override bool? HasComeTrue()
    {
        if (how.InRoot)
        {
            // The descriptor would tell the name, and is gone.
            return null;
        }

        // What is no file may have been waited for.
        return Before.Exists ? Before.Type == FileType.Regular
            : (how.Flags & O_CREAT) == 0 ? false
            : TryLook(Path, follow: true, out FileStamp opened) ? opened.Exists
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
        if (context.Recorder.Changes is not null && (how.Flags & Kept) == O_RDWR && Before.Type is FileType.Regular or FileType.None)
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

    /// <summary>In a root directory of its own the path is another than it says: the new descriptor knows.</summary>
    private void SucceededInRoot(CallContext context, Tracee tracee, int fd)
    {
        if (context.IsManifestKept)
        {
            // The descriptor tells nothing of the links on the way.
            context.RecordWay(tracee, Path.Span, onlyDirectory: false);
        }

        if (context.Paths.Descriptor(tracee.Tid, fd, context.Path) && !context.Path.IsDeleted)
        {
            OpenCall.Record(context, tracee, context.Path.Name, how, Before);
        }
    }

    /// <summary>O_CREAT through a link makes what the link leads to: the directory for that is missing.</summary>
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

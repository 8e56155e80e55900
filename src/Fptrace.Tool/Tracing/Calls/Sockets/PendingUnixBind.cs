using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Paths;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Sockets;

/// <summary>A bind to a Unix address: a socket file, or an abstract name.</summary>
/// <remarks>For an abstract name <see cref="PendingName.Path"/> is empty.</remarks>
/// <param name="fd">The socket.</param>
/// <param name="given">The name as the command gave it.</param>
internal sealed class PendingUnixBind(int fd, ByteString given) : PendingName
{
    public ByteString Name => Path.IsEmpty ? given : Path;

    public override bool ChangesWays => false;

    public override ByteString Special => Path;

    protected override bool Makes => true;

    public override bool? HasComeTrue() => Path.IsEmpty ? false : IsMade(FileType.Socket);

    public override void Finish(CallContext context, Tracee tracee, long result)
    {
        base.Finish(context, tracee, result);
        context.Names.Sockets.End(Name);
    }

    public override void CutShort(CallContext context, Tracee tracee, bool cameTrue)
    {
        // The socket ended with its process, so no connection leads to it. Only its file is left.
        if (cameTrue)
        {
            context.Record(tracee, CallContext.Made(Path, FileType.Socket));
        }

        Finish(context, tracee, -errno.EINTR);
    }

    protected override void Succeeded(CallContext context, Tracee tracee, long result)
    {
        if (Path.IsEmpty)
        {
            context.Names.Sockets.Add(given);
            NoteReceiver(context, tracee, default);
            return;
        }

        // As with mknod, the file is new, or the call would have failed.
        context.Record(tracee, CallContext.Made(Path, FileType.Socket));
        if (context.Paths.Resolve(tracee, fcntl.AT_FDCWD, given.Span, context.Path)
            && context.Path.Stat(FinalLink.Follow, out FileStamp file) == 0)
        {
            context.Names.Sockets.Add(file);
            NoteReceiver(context, tracee, file);
        }
    }

    /// <summary>Notes a socket for datagrams, which do not tell who sent them.</summary>
    private void NoteReceiver(CallContext context, Tracee tracee, in FileStamp file)
    {
        if (context.Plan.Network && context.Sockets.TryInode(tracee, fd, out ulong inode)
            && SocketTable.IsForDatagrams(tracee.Tid, inode))
        {
            context.Names.Peers.Receive(file.Exists ? Path : given, file, tracee.Tgid);
        }
    }
}

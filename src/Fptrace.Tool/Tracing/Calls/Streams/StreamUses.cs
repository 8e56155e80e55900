using System.Buffers.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>Handles reads and writes of descriptors 0 to 2: they tell who uses which pipe or standard stream.</summary>
internal sealed class StreamUses(CallContext context)
{
    private readonly byte[] _name = new byte[8192];

    /// <summary>A trap for calls that have one of descriptors 0 to 2 in one of these arguments.</summary>
    public static Trap TrapOf(params ReadOnlySpan<int> descriptors)
    {
        var tests = new TrapTest[descriptors.Length];
        for (int i = 0; i < tests.Length; i++)
        {
            tests[i] = new TrapTest(descriptors[i], TrapComparison.AtMost, 2, TrapAction.Notify);
        }

        return new Trap(TrapAction.Let, tests);
    }

    public EntryAnswer Enter(Tracee tracee, int fd, Direction direction)
    {
        if (Find(tracee, fd, direction) is { } use)
        {
            Record(tracee, use);
        }

        return EntryAnswer.Go;
    }

    /// <summary>Finds which file a read or write of a descriptor uses. The tracee must stand still.</summary>
    /// <returns>Null where the descriptor is no standard stream, or the use is recorded already.</returns>
    public StreamUse? Find(Tracee tracee, int fd, Direction direction)
    {
        int? version = context.Recorder.Renames.Version;
        if (fd is < 0 or > 2 || tracee.Streams.IsUnchanged(fd, direction, version))
        {
            return null;
        }

        // We have the command's standard streams open, too, and our own links in /proc cost less to read.
        int owner = context.Names.IsOwnStandard(tracee.Tid, fd) ? Environment.ProcessId : tracee.Tid;
        int length = Files.ReadLink(ProcPath.Of(owner, "fd"u8, fd), context.Link);
        if (length <= 0)
        {
            return null;
        }

        ReadOnlySpan<byte> link = context.Link.AsSpan(0, length);
        if (tracee.Streams.Knows(fd, direction, link, version) || !DescriptorInfo.IsOpenFor(owner, fd, direction))
        {
            return null;
        }

        ReadOnlySpan<byte> name = _name.AsSpan(0, context.Names.NameOf(owner, fd, link, _name, out bool isDeleted));
        bool isNews = IsNews(tracee, name, isDeleted, direction);
        FileStamp stamp = default;
        if (isNews)
        {
            FileStamps.Of(ProcPath.Of(owner, "fd"u8, fd), FinalLink.Follow, out stamp);
            isNews = !isDeleted || !HasNeverHadAName(name, stamp);
        }

        return new StreamUse(
            fd, direction, version, new ByteString(link), isNews ? new ByteString(name) : default, stamp);
    }

    public void Record(Tracee tracee, StreamUse use)
    {
        if (!use.Name.IsEmpty)
        {
            AccessKind kind = use.Direction == Direction.Write ? AccessKind.Write : AccessKind.Read;
            context.Recorder.Record(tracee.Execution, kind, use.Name.Span, use.Stamp.Type, use.Stamp);
        }

        tracee.Streams.Remember(use.Fd, use.Direction, use.Link.Span, use.Version);
    }

    // A write into a deleted file changes nothing that has a name. A read from one got content that had a name once.
    private bool IsNews(Tracee tracee, ReadOnlySpan<byte> name, bool isDeleted, Direction direction) =>
        !(isDeleted && direction == Direction.Write)
            && !context.Recorder.Knows(tracee.Execution, name,
                direction == Direction.Write ? CallContext.WriteBits : CallContext.ReadBits);

    // The kernel shows a file of O_TMPFILE as "#INODE (deleted)" (d_mark_tmpfile).
    private static bool HasNeverHadAName(ReadOnlySpan<byte> name, in FileStamp stamp)
    {
        ReadOnlySpan<byte> last = name[(name.LastIndexOf((byte)'/') + 1)..];
        return last.StartsWith("#"u8)
            && Utf8Parser.TryParse(last[1..], out ulong inode, out int digits)
            && digits == last.Length - 1
            && inode == stamp.Inode;
    }
}

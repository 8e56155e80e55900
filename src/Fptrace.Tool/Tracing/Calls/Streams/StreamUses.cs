using System.Buffers.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Calls.Filtering;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>Reads and writes of descriptors 0 to 2: who uses which pipe or standard stream.</summary>
internal sealed class StreamUses(CallContext context)
{
    private readonly byte[] _name = new byte[8192];

    /// <summary>A call of these, where it has the descriptor of a standard stream.</summary>
    public static Trap TrapOf(params ReadOnlySpan<int> descriptors)
    {
        var tests = new TrapTest[descriptors.Length];
        for (int i = 0; i < tests.Length; i++)
        {
            tests[i] = new TrapTest(descriptors[i], TrapComparison.AtMost, 2, TrapAction.Notify);
        }

        return new Trap(TrapAction.Let, tests);
    }

    public EntryAnswer Enter(Tracee tracee, int fd, bool writes)
    {
        if (Find(tracee, fd, writes) is { } use)
        {
            Record(tracee, use);
        }

        return EntryAnswer.Go;
    }

    /// <summary>What a read or write of a descriptor is about, while the tracee stands still.</summary>
    /// <returns>Null where it is none of a standard stream, or no news.</returns>
    public StreamUse? Find(Tracee tracee, int fd, bool writes)
    {
        int? version = context.Recorder.Renames.Version;
        if (fd is < 0 or > 2 || tracee.Streams.IsUnchanged(fd, writes, version))
        {
            return null;
        }

        // A standard stream is open in us too, and there it costs less to look it up.
        int owner = context.Names.IsOwnStandard(tracee.Tid, fd) ? Environment.ProcessId : tracee.Tid;
        int length = Files.ReadLink(ProcPath.Of(owner, "fd"u8, fd), context.Link);
        if (length <= 0)
        {
            return null;
        }

        ReadOnlySpan<byte> link = context.Link.AsSpan(0, length);
        if (tracee.Streams.Knows(fd, writes, link, version) || !DescriptorInfo.IsOpenFor(owner, fd, writes))
        {
            return null;
        }

        ReadOnlySpan<byte> name = _name.AsSpan(0, context.Names.NameOf(owner, fd, link, _name, out bool isDeleted));
        bool isNews = IsNews(tracee, name, isDeleted, writes);
        FileStamp stamp = default;
        if (isNews)
        {
            FileStamps.Of(ProcPath.Of(owner, "fd"u8, fd), follow: true, out stamp);
            isNews = !isDeleted || !HasNeverHadAName(name, stamp);
        }

        return new StreamUse(fd, writes, version, new ByteString(link), isNews ? new ByteString(name) : default, stamp);
    }

    public void Record(Tracee tracee, StreamUse use)
    {
        if (!use.Name.IsEmpty)
        {
            context.Recorder.Record(tracee.Execution, use.Writes ? AccessKind.Write : AccessKind.Read, use.Name.Span, use.Stamp.Type, use.Stamp);
        }

        tracee.Streams.Remember(use.Fd, use.Writes, use.Link.Span, use.Version);
    }

    // What is written into a file without a name never reaches the name; what is read from one was there once.
    private bool IsNews(Tracee tracee, ReadOnlySpan<byte> name, bool isDeleted, bool writes) =>
        !(isDeleted && writes) && !context.Recorder.Knows(tracee.Execution, name, writes ? CallContext.WriteBits : CallContext.ReadBits);

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

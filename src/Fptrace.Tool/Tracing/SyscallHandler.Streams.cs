using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Reads and writes of descriptors 0 to 2: who uses which pipe or standard stream.</summary>
internal sealed partial class SyscallHandler
{
    private EntryAnswer EnterTransfer(Tracee tracee, in SyscallEntry call)
    {
        EnterStream(tracee, call.Int(call.Form.At), writes: false);
        return EnterStream(tracee, call.Int(call.Form.At2), writes: true);
    }

    private EntryAnswer EnterStream(Tracee tracee, int fd, bool writes)
    {
        int? version = _recorder.Renames.Version;
        if (fd is < 0 or > 2 || tracee.Streams.IsUnchanged(fd, writes, version))
        {
            return EntryAnswer.Go;
        }

        // A standard stream is open in us too, and there it costs less to look it up.
        int owner = _names.IsOwnStandard(tracee.Tid, fd) ? Environment.ProcessId : tracee.Tid;
        int length = Files.ReadLink(ProcPath.Of(owner, "fd"u8, fd), _link);
        if (length <= 0)
        {
            return EntryAnswer.Go;
        }

        ReadOnlySpan<byte> link = _link.AsSpan(0, length);
        if (!tracee.Streams.Knows(fd, writes, link, version) && IsOpenFor(owner, fd, writes))
        {
            RecordStream(tracee, owner, fd, writes, link);
            tracee.Streams.Remember(fd, writes, link, version);
        }

        return EntryAnswer.Go;
    }

    /// <summary>close, dup2 and their kin: what was found out about the descriptor holds no longer.</summary>
    private static EntryAnswer EnterReplaceDescriptor(Tracee tracee, int fd)
    {
        // close_range begins at fd.
        for (; fd is >= 0 and <= 2; fd++)
        {
            tracee.Streams.Forget(fd);
        }

        return EntryAnswer.Go;
    }

    private void RecordStream(Tracee tracee, int owner, int fd, bool writes, ReadOnlySpan<byte> link)
    {
        ReadOnlySpan<byte> name = _streamName.AsSpan(0, _names.NameOf(owner, fd, link, _streamName, out bool isDeleted));

        // What is written into a file without a name never reaches the name; what is read from one was there once.
        if ((isDeleted && writes) || _recorder.Knows(tracee.Execution, name, writes ? WriteBits : ReadBits))
        {
            return;
        }

        FileStamps.Of(ProcPath.Of(owner, "fd"u8, fd), follow: true, out FileStamp stamp);
        if (isDeleted && HasNeverHadAName(name, stamp))
        {
            return;
        }

        _recorder.Record(tracee.Execution, writes ? AccessKind.Write : AccessKind.Read, name, stamp.Type, stamp);
    }

    // The kernel shows a file of O_TMPFILE as "#INODE (deleted)" (d_mark_tmpfile).
    private static bool HasNeverHadAName(ReadOnlySpan<byte> name, in FileStamp stamp)
    {
        ReadOnlySpan<byte> last = name[(name.LastIndexOf((byte)'/') + 1)..];
        return last.StartsWith("#"u8)
            && System.Buffers.Text.Utf8Parser.TryParse(last[1..], out ulong inode, out int digits)
            && digits == last.Length - 1
            && inode == stamp.Inode;
    }

    /// <summary>Whether the descriptor may be read or written, from its open flags: otherwise the call fails with EBADF.</summary>
    private static bool IsOpenFor(int tid, int fd, bool writes)
    {
        ReadOnlySpan<byte> info = Files.ReadAll(ProcPath.Of(tid, "fdinfo"u8, fd));
        int at = info.IndexOf("flags:\t"u8);
        if (at < 0)
        {
            return true;
        }

        int flags = 0;
        foreach (byte digit in info[(at + "flags:\t"u8.Length)..])
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                break;
            }

            flags = (flags << 3) | (digit - '0');
        }

        int mode = flags & fcntl.O_ACCMODE;
        return (flags & fcntl.O_PATH) == 0 && (mode == fcntl.O_RDWR || mode == (writes ? fcntl.O_WRONLY : 0));
    }
}

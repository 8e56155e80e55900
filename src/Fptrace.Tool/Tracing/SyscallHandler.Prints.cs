using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Reads and writes of a stdout or stderr of which the command has the file itself: <see cref="PrintWatch"/>.</summary>
internal sealed partial class SyscallHandler
{
    // IOV_MAX.
    private const int MostPieces = 1024;

    private EntryAnswer EnterWrite(Tracee tracee, in SyscallEntry call, PrintWatch prints, bool seesExit)
    {
        if (prints.StreamOf(tracee.Tid, call.At) is not int stream)
        {
            return EntryAnswer.Go;
        }

        if (call.Form.Name.StartsWith("pwrite", StringComparison.Ordinal))
        {
            prints.AddFault(stream, "it wrote elsewhere than at the end of what it had written before");
            return EntryAnswer.Go;
        }

        if (seesExit)
        {
            return Want(tracee, new PendingCall { Operation = Operation.Output, Flags = stream });
        }

        // Less only if it fails halfway, and then the file tells.
        prints.Add(stream, call.Form.Name == "write" ? (long)call.Argument(call.Form.Extra) : LengthOfPieces(call));
        return EntryAnswer.Go;
    }

    private static EntryAnswer EnterTransferOfPrints(Tracee tracee, in SyscallEntry call, PrintWatch prints, bool seesExit)
    {
        EnterRead(tracee, call, prints);
        if (prints.StreamOf(tracee.Tid, call.At2) is not int stream)
        {
            return EntryAnswer.Go;
        }

        // Of splice and copy_file_range, a pointer to an offset.
        if (call.Form.Extra >= 0 && call.Argument(call.Form.Extra) != 0)
        {
            prints.AddFault(stream, "it wrote elsewhere than at the end of what it had written before");
            return EntryAnswer.Go;
        }

        // How much there is to be had nobody knows before.
        return seesExit ? Want(tracee, new PendingCall { Operation = Operation.Output, Flags = stream, IsTransfer = true }) : EntryAnswer.MakeAgain;
    }

    private static EntryAnswer EnterRead(Tracee tracee, in SyscallEntry call, PrintWatch prints)
    {
        if (prints.Reads && prints.StreamOf(tracee.Tid, call.At) is int stream)
        {
            prints.AddFault(stream, "it read what stands there");
        }

        return EntryAnswer.Go;
    }

    private static void ExitWrite(PendingCall call, long result, PrintWatch prints)
    {
        // Of a file that is open for appending copy_file_range says EBADF, and sendfile and splice EINVAL.
        if (call.IsTransfer && result is -errno.EBADF or -errno.EINVAL or -errno.EXDEV or -errno.EOPNOTSUPP)
        {
            return;
        }

        if (result < 0)
        {
            prints.AddFault(call.Flags, "it could not write there");
        }
        else
        {
            prints.Add(call.Flags, result);
        }
    }

    /// <summary>The bytes of an array of iovec(3type). What cannot be read makes the call fail.</summary>
    private long LengthOfPieces(in SyscallEntry call)
    {
        ulong at = call.Argument(call.Form.Path);
        ulong count = Math.Min(call.Argument(call.Form.Extra), MostPieces);
        long length = 0;
        for (ulong i = 0; i < count; i++)
        {
            if (!_memory.TryReadNumber(at + ((2 * i) + 1) * (ulong)call.PointerSize, call.PointerSize, out ulong piece))
            {
                break;
            }

            length += (long)piece;
        }

        return length;
    }
}

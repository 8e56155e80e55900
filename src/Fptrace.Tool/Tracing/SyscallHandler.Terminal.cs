using System.Buffers;
using Fptrace.Interop;
using Fptrace.Model;

namespace Fptrace.Tracing;

/// <summary>Writes, reads and questions at a terminal that the command has itself: <see cref="TerminalWatch"/>.</summary>
internal sealed partial class SyscallHandler
{
    // Of sendfile and its kin to a terminal: whoever uses them writes instead where it gets this answer, as it did under Linux 5.9.
    private const long NoTransfer = -errno.EINVAL;

    /// <returns>null where the call is not about the terminal.</returns>
    private static EntryAnswer? EnterAtTerminal(Tracee tracee, in SyscallEntry call, TerminalWatch terminal, bool seesExit) => call.Form.Operation switch
    {
        Operation.Input => EnterTyped(tracee, call, terminal, seesExit),
        Operation.AttributesByRequest => EnterTerminalRequest(tracee, call, terminal),
        _ => terminal.SeesWrites ? EnterPrint(tracee, call, terminal) : null,
    };

    private static EntryAnswer? EnterPrint(Tracee tracee, in SyscallEntry call, TerminalWatch terminal)
    {
        TerminalStreams streams = terminal.StreamsOf(tracee.Tid, call.Form.Operation == Operation.Transfer ? call.At2 : call.At);
        if (streams == TerminalStreams.None)
        {
            return null;
        }

        if (call.Form.Operation == Operation.Transfer)
        {
            tracee.Pending = new PendingCall { Operation = Operation.None, Answer = NoTransfer };
            return EntryAnswer.Skip;
        }

        long pieces = call.Form.Name switch
        {
            "write" => 0,
            "writev" => (long)Math.Min(call.Argument(call.Form.Extra), MostPieces),
            _ => -1,
        };
        return Want(tracee, new PendingCall
        {
            Operation = Operation.Output,
            Print = new TerminalWrite(streams, call.Argument(call.Form.Path), pieces, call.PointerSize),
        });
    }

    /// <summary>What was written is copied when it was, and only that: a terminal may take less, or nothing.</summary>
    private void ExitPrint(in TerminalWrite print, long result, TerminalWatch terminal)
    {
        if (result <= 0)
        {
            return;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)result);
        bool isKnown = print.Pieces switch
        {
            < 0 => false,
            0 => _memory.TryRead(print.Address, bytes.AsSpan(0, (int)result)),
            _ => TryReadPieces(print, bytes.AsSpan(0, (int)result)),
        };
        if (isKnown)
        {
            terminal.Add(print.Streams, bytes.AsSpan(0, (int)result));
        }
        else
        {
            terminal.AddFault("it printed on the terminal in a way that shows nobody what");
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private bool TryReadPieces(in TerminalWrite print, Span<byte> target)
    {
        ulong size = (ulong)print.PointerSize;
        for (ulong i = 0; i < (ulong)print.Pieces && !target.IsEmpty; i++)
        {
            ulong piece = print.Address + (2 * i * size);
            if (!_memory.TryReadNumber(piece, print.PointerSize, out ulong start) || !_memory.TryReadNumber(piece + size, print.PointerSize, out ulong length))
            {
                return false;
            }

            int count = (int)Math.Min(length, (ulong)target.Length);
            if (!_memory.TryRead(start, target[..count]))
            {
                return false;
            }

            target = target[count..];
        }

        return target.IsEmpty;
    }

    private static EntryAnswer? EnterTyped(Tracee tracee, in SyscallEntry call, TerminalWatch terminal, bool seesExit)
    {
        if (call.At != 0 || terminal.IsRead || terminal.StreamsOf(tracee.Tid, 0) == TerminalStreams.None)
        {
            return null;
        }

        if (seesExit)
        {
            return Want(tracee, new PendingCall { Operation = Operation.Input });
        }

        // Most likely it is.
        terminal.Read();
        return EntryAnswer.Go;
    }

    private static EntryAnswer? EnterTerminalRequest(Tracee tracee, in SyscallEntry call, TerminalWatch terminal)
    {
        uint request = (uint)call.Flags;
        if (!Channels.TerminalRequests.Contains(request))
        {
            return null;
        }

        TerminalStreams streams = terminal.StreamsOf(tracee.Tid, call.At);
        terminal.Ask(streams, request == ioctl.TIOCGWINSZ);
        if (request == ioctl.TIOCSTI && streams != TerminalStreams.None)
        {
            terminal.AddFault("it put words into the terminal as if they were typed");
        }

        return EntryAnswer.Go;
    }

    /// <summary>An open of a device by its name: if it is the terminal, it is one more way to it.</summary>
    private void NoteTerminal(int flags, in FileStamp before)
    {
        if (_plan.Terminal is { } terminal && before.Type == FileType.CharacterDevice && (flags & fcntl.O_PATH) == 0 && !IsOtherDevice(terminal, _path.Name))
        {
            terminal.Opened(reads: (flags & fcntl.O_ACCMODE) != fcntl.O_WRONLY);
        }
    }

    /// <summary>Names of descriptors, as /dev/stderr, mean the tracee's own, and are none that we could look up.</summary>
    private static bool IsOtherDevice(TerminalWatch terminal, ReadOnlySpan<byte> path) =>
        path.StartsWith("/dev/"u8)
        && !path.StartsWith("/dev/fd/"u8)
        && !path.StartsWith("/dev/std"u8)
        && (path.SequenceEqual("/dev/null"u8) || !terminal.IsOne(Terminals.DeviceOf([.. path, 0])));
}

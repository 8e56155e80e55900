using System.Buffers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>A write to the terminal that the command has itself. It is copied when it was made, and only what came through: a terminal may take less.</summary>
/// <param name="streams">Which of the command's streams it is.</param>
/// <param name="address">Of the bytes in the tracee, or of its array of iovec(3type).</param>
/// <param name="pieces">Length of that array; 0: the bytes themselves; −1: a way to write that shows nobody what.</param>
/// <param name="pointerSize">4 or 8.</param>
internal sealed class PendingTerminalWrite(TerminalStreams streams, ulong address, long pieces, int pointerSize) : PendingCall
{
    /// <summary>How much of it the terminal took nobody knows.</summary>
    public override bool? HasComeTrue() => null;

    protected override void Succeeded(CallContext context, Tracee tracee, long result)
    {
        if (result == 0)
        {
            return;
        }

        TerminalWatch terminal = context.Plan.Terminal!;
        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)result);
        bool isKnown = pieces switch
        {
            < 0 => false,
            0 => context.Memory.TryRead(address, bytes.AsSpan(0, (int)result)),
            _ => TryReadPieces(context.Memory, bytes.AsSpan(0, (int)result)),
        };
        if (isKnown)
        {
            terminal.Add(streams, bytes.AsSpan(0, (int)result));
        }
        else
        {
            terminal.AddFault("it printed on the terminal in a way that shows nobody what");
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private bool TryReadPieces(TraceeMemory memory, Span<byte> target)
    {
        ulong size = (ulong)pointerSize;
        for (ulong i = 0; i < (ulong)pieces && !target.IsEmpty; i++)
        {
            ulong piece = address + (2 * i * size);
            if (!memory.TryReadNumber(piece, pointerSize, out ulong start) || !memory.TryReadNumber(piece + size, pointerSize, out ulong length))
            {
                return false;
            }

            int count = (int)Math.Min(length, (ulong)target.Length);
            if (!memory.TryRead(start, target[..count]))
            {
                return false;
            }

            target = target[count..];
        }

        return target.IsEmpty;
    }
}

using System.Buffers;
using Fptrace.Linux.Ptracing;
using Fptrace.Model;
using Fptrace.Tracing.Plan;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Streams;

/// <summary>A write to a terminal that the command has as a standard stream.</summary>
/// <remarks>The bytes are copied at the exit, because a terminal may take less than it was given.</remarks>
/// <param name="streams">The standard streams that the terminal may be.</param>
/// <param name="address">Address of the bytes in the tracee, or of its array of iovec(3type).</param>
/// <param name="pieces">Length of that array; 0 for the bytes themselves; −1 where the bytes cannot be found.</param>
/// <param name="pointerSize">Size of the tracee's pointers: 4 or 8.</param>
internal sealed class PendingTerminalWrite(TerminalStreams streams, ulong address, long pieces, int pointerSize)
    : PendingCall
{
    /// <returns>Null: nobody knows how much the terminal took.</returns>
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
            if (!memory.TryReadNumber(piece, pointerSize, out ulong start)
                || !memory.TryReadNumber(piece + size, pointerSize, out ulong length))
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

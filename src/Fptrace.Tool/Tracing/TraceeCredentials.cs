using System.Buffers.Text;
using Fptrace.Interop;

namespace Fptrace.Tracing;

/// <summary>Looks files up with a tracee's ids, where they may differ from ours, on the calling thread only.</summary>
/// <remarks>Without privileges neither we nor the tracee can have become anyone else.</remarks>
internal readonly ref struct TraceeCredentials
{
    private readonly bool _borrowed;

    private TraceeCredentials(bool borrowed) => _borrowed = borrowed;

    public static TraceeCredentials Borrow(Tracee tracee)
    {
        if (!tracee.HasOwnCredentials || !Files.IsPrivileged)
        {
            return default;
        }

        ReadOnlySpan<byte> status = Files.ReadAll(ProcPath.Of(tracee.Tid, "status"u8));
        Span<uint> ids = stackalloc uint[4];
        if (ReadNumbers(status, "\nUid:"u8, ids) < 4)
        {
            return default;
        }

        uint uid = ids[3];
        if (ReadNumbers(status, "\nGid:"u8, ids) < 4)
        {
            return default;
        }

        Span<uint> groups = new uint[256];
        groups = groups[..ReadNumbers(status, "\nGroups:"u8, groups)];
        ThreadCredentials.Take(uid, ids[3], groups);
        return new TraceeCredentials(borrowed: true);
    }

    public void Dispose()
    {
        if (_borrowed)
        {
            ThreadCredentials.Restore();
        }
    }

    private static int ReadNumbers(ReadOnlySpan<byte> status, ReadOnlySpan<byte> field, Span<uint> numbers)
    {
        int at = status.IndexOf(field);
        if (at < 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = status[(at + field.Length)..];
        int count = 0;
        while (count < numbers.Length)
        {
            rest = rest.TrimStart("\t "u8);
            if (!Utf8Parser.TryParse(rest, out uint number, out int consumed))
            {
                break;
            }

            numbers[count++] = number;
            rest = rest[consumed..];
        }

        return count;
    }
}

using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.Ptracing;

/// <summary>Reads and writes the memory of a tracee.</summary>
/// <remarks>
/// It keeps the last page that it read, because the strings of an argument list are next to each other. Each
/// supervising thread has its own, and calls <see cref="Attach(int, MemoryPeek)"/> before each system call.
/// </remarks>
internal sealed unsafe partial class TraceeMemory
{
    // No page is smaller, so a chunk at a multiple of this can be read whole, or not at all.
    private const int ChunkSize = 4096;

    // Long enough for most paths. A whole page would push the tracee's data out of the processor's cache.
    private const int FirstRead = 256;

    private readonly byte[] _page = GC.AllocateUninitializedArray<byte>(ChunkSize, pinned: true);
    private int _tid;
    private MemoryPeek? _peek;
    private ulong _base;
    private int _from;
    private int _to;

    /// <summary>
    /// As <see cref="Attach(int, MemoryPeek)"/>, for a stopped thread. Its tracer may read memory that is denied to
    /// others.
    /// </summary>
    public void Attach(in Stop stop) => Attach(stop.Tid, Peek);

    /// <param name="tid">A thread that is stopped, or waits inside a call.</param>
    /// <param name="peek">Reads memory that is denied to this thread; null when nothing does.</param>
    public void Attach(int tid, MemoryPeek? peek = null)
    {
        _tid = tid;
        _peek = peek;
        _base = ulong.MaxValue;
        IsDenied = false;
    }

    /// <summary>Copies a NUL-terminated string without its NUL.</summary>
    /// <returns>Its length; −1 when it cannot be read; −2 when it does not fit.</returns>
    public int ReadString(ulong address, Span<byte> target)
    {
        int length = 0;
        while (true)
        {
            if (!TryLoad(address, out ReadOnlySpan<byte> chunk))
            {
                return -1;
            }

            int end = chunk.IndexOf((byte)0);
            ReadOnlySpan<byte> part = end < 0 ? chunk : chunk[..end];
            if (length + part.Length > target.Length)
            {
                return -2;
            }

            part.CopyTo(target[length..]);
            length += part.Length;
            if (end >= 0)
            {
                return length;
            }

            address += (ulong)part.Length;
        }
    }

    /// <summary>As <see cref="ReadString"/>, for strings of any length; null when it cannot be read.</summary>
    public byte[]? ReadLongString(ulong address)
    {
        if (!TryLoad(address, out ReadOnlySpan<byte> chunk))
        {
            return null;
        }

        int end = chunk.IndexOf((byte)0);
        if (end >= 0)
        {
            return chunk[..end].ToArray();
        }

        var bytes = new List<byte>(2 * ChunkSize);
        while (end < 0)
        {
            bytes.AddRange(chunk);
            address += (ulong)chunk.Length;
            if (!TryLoad(address, out chunk))
            {
                return null;
            }

            end = chunk.IndexOf((byte)0);
        }

        bytes.AddRange(chunk[..end]);
        return [.. bytes];
    }

    /// <summary>Reads a little-endian unsigned number of <paramref name="size"/> (4 or 8) bytes.</summary>
    public bool TryReadNumber(ulong address, int size, out ulong value)
    {
        value = 0;
        for (int i = 0; i < size; i++)
        {
            if (!TryLoad(address + (ulong)i, out ReadOnlySpan<byte> chunk))
            {
                return false;
            }

            if (i == 0 && chunk.Length >= size)
            {
                value = size == 8 ? BitConverter.ToUInt64(chunk) : BitConverter.ToUInt32(chunk);
                return true;
            }

            value |= (ulong)chunk[0] << (8 * i);
        }

        return true;
    }

    /// <summary>Fills <paramref name="target"/>; false when not all of it can be read.</summary>
    public bool TryRead(ulong address, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (!TryLoad(address, out ReadOnlySpan<byte> chunk))
            {
                return false;
            }

            chunk = chunk[..Math.Min(chunk.Length, target.Length)];
            chunk.CopyTo(target);
            target = target[chunk.Length..];
            address += (ulong)chunk.Length;
        }

        return true;
    }

    /// <summary>Overwrites memory of the tracee; false when it cannot be written.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            iovec local = new() { iov_base = (nint)p, iov_len = bytes.Length };
            iovec remote = new() { iov_base = (nint)Untagged(address), iov_len = bytes.Length };
            bool written = libc.process_vm_writev(_tid, &local, 1, &remote, 1, 0) == bytes.Length;
            IsDenied |= !written && Marshal.GetLastSystemError() is not (errno.EFAULT or errno.ESRCH);
            return written;
        }
    }

    /// <summary>
    /// Whether a read or write since <see cref="Attach(int, MemoryPeek)"/> failed, although the tracee may have memory
    /// at the address.
    /// </summary>
    public bool IsDenied { get; private set; }

    /// <summary>Whether something could be read from /proc/PID/mem alone.</summary>
    public bool IsReadFromFile { get; private set; }

    // A sandbox may deny process_vm_readv(2). /proc/PID/mem needs the same permission, but no special system call. It
    // also shows device memory, which process_vm_readv cannot read.
    private bool TryLoadFromFile(ulong address, byte* target, int length)
    {
        if (address < ChunkSize)
        {
            return false;
        }

        int read = Files.ReadMemory(Encoding.ASCII.GetBytes($"/proc/{_tid}/mem\0"), (long)address,
            new Span<byte>(target, length));
        if (read is < 0 and not (-errno.EIO or -errno.ESRCH or -errno.ENOENT))
        {
            if (_peek is { } peek && peek(_tid, address, new Span<byte>(target, length)))
            {
                return true;
            }

            IsDenied = true;
        }

        IsReadFromFile |= read == length;
        return read == length;
    }

    /// <summary>Reads memory of a thread that stands still. Only its tracer may call this.</summary>
    /// <remarks>
    /// It reads word by word. A tracer may do this with any thread to which it is attached, even one that runs as
    /// another user now.
    /// </remarks>
    public static bool Peek(int tid, ulong address, Span<byte> target)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        ulong at = address & ~(ulong)(sizeof(ulong) - 1);
        for (int done = 0; done < target.Length; at += sizeof(ulong))
        {
            if (!TryPeek(tid, at, out ulong value))
            {
                return false;
            }

            BitConverter.TryWriteBytes(word, value);
            ReadOnlySpan<byte> part = word[(int)(address + (ulong)done - at)..];
            part = part[..Math.Min(part.Length, target.Length - done)];
            part.CopyTo(target[done..]);
            done += part.Length;
        }

        return true;
    }

    // A short first read is enough for a path. If the same page is needed again, the rest of it is read.
    private bool TryLoad(ulong address, out ReadOnlySpan<byte> chunk)
    {
        address = Untagged(address);
        ulong page = address & ~(ulong)(ChunkSize - 1);
        int offset = (int)(address - page);
        if (page != _base || offset < _from || offset >= _to)
        {
            int length = page == _base ? ChunkSize - offset : Math.Min(FirstRead, ChunkSize - offset);
            fixed (byte* p = _page)
            {
                iovec local = new() { iov_base = (nint)(p + offset), iov_len = length };
                iovec remote = new() { iov_base = (nint)address, iov_len = length };
                if (libc.process_vm_readv(_tid, &local, 1, &remote, 1, 0) != length
                    && !TryLoadFromFile(address, p + offset, length))
                {
                    _base = ulong.MaxValue;
                    chunk = default;
                    return false;
                }
            }

            _base = page;
            _from = offset;
            _to = offset + length;
        }

        chunk = _page.AsSpan(offset, _to - offset);
        return true;
    }
}

using System.Runtime.InteropServices;
using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.FileSystem;

/// <summary>Walks the entries of a directory, except "." and "..", with getdents64(2).</summary>
/// <param name="directory">A descriptor open for reading. The caller closes it.</param>
/// <param name="buffer">Receives as many entries at once as it has room for.</param>
internal unsafe ref struct DirectoryWalk(int directory, Span<byte> buffer)
{
    // struct linux_dirent64: ino 8, off 8, reclen 2, type 1, name.
    private const int OffsetOfLength = 16;
    private const int OffsetOfType = 18;
    private const int OffsetOfName = 19;

    private readonly Span<byte> _buffer = buffer;
    private int _entry;
    private int _next;
    private int _length;

    /// <summary>The type of the current entry, a DT_ constant.</summary>
    public readonly byte Type => _buffer[_entry + OffsetOfType];

    /// <summary>The name of the current entry. Valid until the next <see cref="MoveNext"/>.</summary>
    public readonly ReadOnlySpan<byte> Name
    {
        get
        {
            ReadOnlySpan<byte> rest = _buffer[(_entry + OffsetOfName).._next];
            return rest[..rest.IndexOf((byte)0)];
        }
    }

    /// <summary>Whether the next <see cref="MoveNext"/> must ask the kernel for more.</summary>
    public readonly bool IsAtEndOfBuffer => _next >= _length;

    /// <summary>−errno if the kernel failed to list the directory; otherwise 0.</summary>
    public int Error { get; private set; }

    public bool MoveNext()
    {
        do
        {
            if (IsAtEndOfBuffer && !Fill())
            {
                return false;
            }

            _entry = _next;
            _next += BitConverter.ToUInt16(_buffer[(_entry + OffsetOfLength)..]);
        }
        while (Name is [(byte)'.'] or [(byte)'.', (byte)'.']);
        return true;
    }

    private bool Fill()
    {
        nint length;
        fixed (byte* b = _buffer)
        {
            length = libc.syscall(SYS_getdents64, directory, (nint)b, _buffer.Length, 0, 0);
        }

        Error = length < 0 ? -Marshal.GetLastSystemError() : 0;
        (_next, _length) = (0, (int)Math.Max(length, 0));
        return length > 0;
    }
}

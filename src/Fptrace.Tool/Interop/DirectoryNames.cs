using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>getdents64(2) on any directory, to find out whether it is empty.</summary>
internal static unsafe class DirectoryNames
{
    private const int BufferSize = 1 << 14;
    private const byte DT_DIR = 4;

    private static readonly nint SYS_getdents64 = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    /// <summary>A name in it, rather of a directory than of a file, whose content may change; empty when it has none, or cannot be read.</summary>
    /// <param name="path">Ends with a NUL.</param>
    public static byte[] AnyOf(ReadOnlySpan<byte> path)
    {
        int directory = Files.Open(fcntl.AT_FDCWD, path, fcntl.O_NONBLOCK);
        if (directory < 0)
        {
            return [];
        }

        byte[] found = [];
        byte* buffer = stackalloc byte[BufferSize];
        nint length = libc.syscall(SYS_getdents64, directory, (nint)buffer, BufferSize, 0, 0);

        // struct linux_dirent64: ino 8, off 8, reclen 2, type 1, name.
        for (nint at = 0; at < length; at += *(ushort*)(buffer + at + 16))
        {
            byte type = *(buffer + at + 18);
            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + 19);
            if (name is not [(byte)'.'] and not [(byte)'.', (byte)'.'] && (found.Length == 0 || type == DT_DIR))
            {
                found = name.ToArray();
                if (type == DT_DIR)
                {
                    break;
                }
            }
        }

        Files.Close(directory);
        return found;
    }
}

using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>getdents64(2) on a directory of /proc whose names are numbers: descriptors, threads.</summary>
internal static unsafe class DirectoryNumbers
{
    private static readonly nint SYS_getdents64 = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    /// <summary>Adds the numbers to <paramref name="numbers"/>, ascending; nothing when the directory cannot be read.</summary>
    public static void Read(ReadOnlySpan<byte> path, List<int> numbers)
    {
        int directory = Files.Open(fcntl.AT_FDCWD, path, 0);
        if (directory < 0)
        {
            return;
        }

        byte* buffer = stackalloc byte[4096];
        nint length;
        while ((length = libc.syscall(SYS_getdents64, directory, (nint)buffer, 4096, 0, 0)) > 0)
        {
            // struct linux_dirent64: ino 8, off 8, reclen 2, type 1, name.
            for (nint at = 0; at < length; at += *(ushort*)(buffer + at + 16))
            {
                int number = 0;
                byte* name = buffer + at + 19;
                while (*name is >= (byte)'0' and <= (byte)'9')
                {
                    number = (number * 10) + (*name++ - '0');
                }

                if (*name == 0)
                {
                    numbers.Add(number);
                }
            }
        }

        Faults.Note(length < 0 ? -Marshal.GetLastSystemError() : 0);
        Files.Close(directory);
        numbers.Sort();
    }
}

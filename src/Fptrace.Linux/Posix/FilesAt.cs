using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Linux.Posix;

/// <summary>Calls that work relative to an open directory, which .NET's file classes do not offer. Each answers 0 or a number, or −errno.</summary>
/// <remarks>Blittable signatures alone: this assembly has no unsafe code. Names end with a NUL. Linux on 64-bit machines.</remarks>
internal static class FilesAt
{
    public const int NotPermitted = 1;
    public const int NotFound = 2;
    public const int Denied = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int ReadOnly = 30;
    public const int NotEmpty = 39;
    public const int SymbolicLink = 40;
    public const int WouldBlock = 11;
    public const int Interrupted = 4;
    public const int InputOutput = 5;

    /// <summary>AT_FDCWD.</summary>
    public const int WorkingDirectory = -100;

    private const int O_RDWR = 2;
    private const int O_CREAT = 0x40;
    private const int O_EXCL = 0x80;
    private const int O_CLOEXEC = 0x80000;
    private const int O_PATH = 0x200000;
    private const int O_NONBLOCK = 0x800;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_REMOVEDIR = 0x200;
    private const int LOCK_SH = 1;
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;
    private const uint FICLONE = 0x40049409;

    // These two differ among architectures; values of x86 and of arm.
    private static readonly int O_DIRECTORY = IsArm ? 0x4000 : 0x10000;
    private static readonly int O_NOFOLLOW = IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    public static uint EffectiveUser => geteuid();

    /// <summary>A directory as a place to start from; it need not be readable.</summary>
    public static int OpenPlace(int directory, byte[] name, bool follow) =>
        Checked(openat(directory, name, O_PATH | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), 0));

    /// <summary>A directory to be listed or locked.</summary>
    public static int OpenDirectory(int directory, byte[] name, bool follow) =>
        Checked(openat(directory, name, O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), 0));

    /// <summary>A file, which is no symbolic link. A fifo does not hold us up.</summary>
    public static int OpenRead(int directory, byte[] name) => Checked(openat(directory, name, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0));

    /// <summary>A file that does not exist yet.</summary>
    public static int Create(int directory, byte[] name, uint mode) =>
        Checked(openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));

    public static int MakeDirectory(int directory, byte[] name, uint mode) => Checked(mkdirat(directory, name, mode));

    public static int MakeLink(byte[] target, int directory, byte[] name) => Checked(symlinkat(target, directory, name));

    public static int Unlink(int directory, byte[] name) => Checked(unlinkat(directory, name, 0));

    public static int RemoveDirectory(int directory, byte[] name) => Checked(unlinkat(directory, name, AT_REMOVEDIR));

    public static int Rename(int fromDirectory, byte[] from, int toDirectory, byte[] to) => Checked(renameat(fromDirectory, from, toDirectory, to));

    public static int SetMode(int descriptor, uint mode) => Checked(fchmod(descriptor, mode));

    /// <summary>Sets a directory's mode; <paramref name="name"/> is known to be no symbolic link's.</summary>
    public static int SetModeOf(int directory, byte[] name, uint mode) => Checked(fchmodat(directory, name, mode, 0));

    /// <summary>Access and modification time, of a symbolic link itself too; nanoseconds since 1970.</summary>
    public static int SetTimes(int directory, byte[] name, long nanoseconds)
    {
        var time = new PosixTime(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        return Checked(utimensat(directory, name, [time, time], AT_SYMLINK_NOFOLLOW));
    }

    /// <summary>The same, of an open file.</summary>
    public static int SetTimes(int descriptor, long nanoseconds)
    {
        var time = new PosixTime(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        return Checked(futimens(descriptor, [time, time]));
    }

    /// <summary>Who owns it; a symbolic link itself, too.</summary>
    public static int SetOwner(int directory, byte[] name, uint user, uint group) => Checked(fchownat(directory, name, user, group, AT_SYMLINK_NOFOLLOW));

    /// <summary>Length of the target, or −errno.</summary>
    public static int ReadLink(int directory, byte[] name, byte[] target) => Checked((int)readlinkat(directory, name, target, (nuint)target.Length));

    /// <returns>0, or −<see cref="WouldBlock"/> when somebody else holds it.</returns>
    public static int TryLock(int descriptor, bool exclusive) => Checked(flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB));

    /// <summary>Shares the blocks of <paramref name="from"/> where the file system can.</summary>
    public static bool TryClone(SafeFileHandle to, SafeFileHandle from)
    {
        int result = ioctl((int)to.DangerousGetHandle(), FICLONE, (int)from.DangerousGetHandle());
        GC.KeepAlive(to);
        GC.KeepAlive(from);
        return result == 0;
    }

    /// <summary>pread(2), without asking first whether the file can seek, as .NET's does.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static int ReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        nint length = pread((int)file.DangerousGetHandle(), ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, offset);
        int error = Marshal.GetLastPInvokeError();
        GC.KeepAlive(file);
        return length >= 0 ? (int)length : error == Interrupted ? ReadAt(file, buffer, offset) : throw new IOException(Describe(error), error);
    }

    /// <summary>pwrite(2).</summary>
    /// <returns>Bytes written, at least one.</returns>
    /// <exception cref="IOException">It failed.</exception>
    public static int WriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        nint length = pwrite((int)file.DangerousGetHandle(), ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length, offset);
        int error = Marshal.GetLastPInvokeError();
        GC.KeepAlive(file);
        return length > 0 ? (int)length : length < 0 && error == Interrupted ? WriteAt(file, bytes, offset) : throw new IOException(Describe(error), error);
    }

    /// <summary>copy_file_range(2) (Linux 4.5) of the first <paramref name="size"/> bytes into an empty file.</summary>
    /// <returns>False if these files cannot be copied so; an error that is real will come again with the usual calls.</returns>
    public static bool TryCopy(SafeFileHandle from, SafeFileHandle to, long size)
    {
        long copied = 0;
        nint count = 1;
        while (copied < size && count > 0)
        {
            count = copy_file_range((int)from.DangerousGetHandle(), 0, (int)to.DangerousGetHandle(), 0, (nuint)Math.Min(size - copied, 1 << 30), 0);
            copied += Math.Max(count, 0);
        }

        GC.KeepAlive(from);
        GC.KeepAlive(to);
        return copied == size;
    }

    public static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = close(descriptor);
        }
    }

    /// <summary>The bytes of a name with the closing NUL.</summary>
    public static byte[] Name(ReadOnlySpan<byte> name)
    {
        byte[] bytes = new byte[name.Length + 1];
        name.CopyTo(bytes);
        return bytes;
    }

    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(Math.Abs(errno));

    /// <summary>−errno of an exception of .NET's; it keeps errno in its HResult.</summary>
    public static int ErrorOf(IOException exception) => exception.HResult is > 0 and < 4096 ? -exception.HResult : -InputOutput;

    private static int Checked(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    [DllImport("libc", SetLastError = true)]
    private static extern int openat(int directory, byte[] path, int flags, uint mode);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [DllImport("libc")]
    private static extern nint copy_file_range(int from, nint fromOffset, int to, nint toOffset, nuint length, uint flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint pread(int descriptor, ref byte buffer, nuint count, long offset);

    [DllImport("libc", SetLastError = true)]
    private static extern nint pwrite(int descriptor, ref readonly byte buffer, nuint count, long offset);

    [DllImport("libc", SetLastError = true)]
    private static extern int mkdirat(int directory, byte[] path, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int symlinkat(byte[] target, int directory, byte[] path);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlinkat(int directory, byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int renameat(int fromDirectory, byte[] from, int toDirectory, byte[] to);

    [DllImport("libc", SetLastError = true)]
    private static extern int fchmod(int descriptor, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int fchmodat(int directory, byte[] path, uint mode, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fchownat(int directory, byte[] path, uint user, uint group, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int utimensat(int directory, byte[] path, PosixTime[] times, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int futimens(int descriptor, PosixTime[] times);

    [DllImport("libc", SetLastError = true)]
    private static extern nint readlinkat(int directory, byte[] path, byte[] target, nuint length);

    [DllImport("libc", SetLastError = true)]
    private static extern int flock(int descriptor, int operation);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int descriptor, nuint request, nint argument);

    [DllImport("libc")]
    private static extern uint geteuid();
}

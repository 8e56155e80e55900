using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Linux.FileSystem;

/// <summary>Calls that work relative to an open directory, which .NET's file classes do not offer. Each answers 0 or a
/// number, or −errno.</summary>
/// <remarks>Names end with a NUL. Linux on 64-bit machines.</remarks>
internal static unsafe class FilesAt
{
    // The kernel's numbers by the names that callers want to read.
    public const int NotPermitted = errno.EPERM;
    public const int NotFound = errno.ENOENT;
    public const int Denied = errno.EACCES;
    public const int Exists = errno.EEXIST;
    public const int CrossDevice = errno.EXDEV;
    public const int NotDirectory = errno.ENOTDIR;
    public const int IsDirectory = errno.EISDIR;
    public const int ReadOnly = errno.EROFS;
    public const int SymbolicLink = errno.ELOOP;
    public const int WouldBlock = errno.EAGAIN;
    public const int Interrupted = errno.EINTR;
    public const int InputOutput = errno.EIO;

    /// <summary>Paths are relative to the working directory.</summary>
    public const int WorkingDirectory = fcntl.AT_FDCWD;

    // linux/fs.h
    private const uint FICLONE = 0x40049409;
    private const int SYS_openat2 = 437;
    private const long NanosecondsOfSecond = 1_000_000_000;

    public static uint EffectiveUser => libc.geteuid();

    /// <summary>Opens a file, closed on exec.</summary>
    public static int Open(int directory, ReadOnlySpan<byte> name, int flags, uint mode = 0)
    {
        int descriptor;
        do
        {
            descriptor = Checked(libc.openat(directory, in First(name), flags | fcntl.O_CLOEXEC, mode));
        }
        while (descriptor == -Interrupted);
        return descriptor;
    }

    /// <summary>openat2(2) (Linux 5.6), closed on exec.</summary>
    /// <param name="resolve">RESOLVE_ flags.</param>
    public static int OpenResolved(int directory, ReadOnlySpan<byte> name, int flags, ulong resolve)
    {
        var how = new open_how { flags = (uint)(flags | fcntl.O_CLOEXEC), resolve = resolve };
        fixed (byte* n = name)
        {
            return Checked((int)libc.syscall(SYS_openat2, directory, (nint)n, (nint)(&how), sizeof(open_how), 0));
        }
    }

    /// <summary>The basic fields of statx(2), and the attributes.</summary>
    public static int Stat(int directory, ReadOnlySpan<byte> name, int flags, out statx found)
    {
        found = default;
        int result = Checked(libc.statx(directory, in First(name), flags, statx.STATX_BASIC_STATS, ref found));
        return StatWithoutStatx.IsFor(-result) ? StatWithoutStatx.Of(directory, name, flags, ref found) : result;
    }

    /// <summary>Whether statx(2) itself answers; if not, <see cref="Stat"/> takes another way.</summary>
    public static bool HasStatx()
    {
        statx found = default;
        return !StatWithoutStatx.IsFor(-Checked(libc.statx(fcntl.AT_FDCWD, in First("/\0"u8), 0, 0, ref found)));
    }

    /// <summary>A directory as a place to start from; it need not be readable.</summary>
    public static int OpenPlace(int directory, ReadOnlySpan<byte> name, FinalLink follow) =>
        Open(directory, name, fcntl.O_PATH | fcntl.O_DIRECTORY | (follow == FinalLink.Follow ? 0 : fcntl.O_NOFOLLOW));

    /// <summary>A directory to be listed or locked.</summary>
    public static int OpenDirectory(int directory, ReadOnlySpan<byte> name, FinalLink follow) =>
        Open(directory, name, fcntl.O_DIRECTORY | (follow == FinalLink.Follow ? 0 : fcntl.O_NOFOLLOW));

    /// <summary>A file to be read. A fifo does not hold us up.</summary>
    public static int OpenRead(int directory, ReadOnlySpan<byte> name, FinalLink follow) =>
        Open(directory, name, fcntl.O_NONBLOCK | (follow == FinalLink.Follow ? 0 : fcntl.O_NOFOLLOW));

    /// <summary>A file that does not exist yet.</summary>
    public static int Create(int directory, ReadOnlySpan<byte> name, uint mode) =>
        Open(directory, name, fcntl.O_RDWR | fcntl.O_CREAT | fcntl.O_EXCL | fcntl.O_NOFOLLOW, mode);

    public static int MakeDirectory(int directory, ReadOnlySpan<byte> name, uint mode) =>
        Checked(libc.mkdirat(directory, in First(name), mode));

    public static int MakeLink(ReadOnlySpan<byte> target, int directory, ReadOnlySpan<byte> name) =>
        Checked(libc.symlinkat(in First(target), directory, in First(name)));

    public static int Unlink(int directory, ReadOnlySpan<byte> name) =>
        Checked(libc.unlinkat(directory, in First(name), 0));

    public static int RemoveDirectory(int directory, ReadOnlySpan<byte> name) =>
        Checked(libc.unlinkat(directory, in First(name), fcntl.AT_REMOVEDIR));

    public static int Rename(int fromDirectory, ReadOnlySpan<byte> from, int toDirectory, ReadOnlySpan<byte> to) =>
        Checked(libc.renameat(fromDirectory, in First(from), toDirectory, in First(to)));

    /// <summary>Another name for a file.</summary>
    public static int Link(int fromDirectory, ReadOnlySpan<byte> from, int toDirectory, ReadOnlySpan<byte> to) =>
        Checked(libc.linkat(fromDirectory, in First(from), toDirectory, in First(to), 0));

    /// <summary>Another name for an open file, which <paramref name="link"/> in /proc/self/fd leads to.</summary>
    public static int LinkOpen(ReadOnlySpan<byte> link, int directory, ReadOnlySpan<byte> name) =>
        Checked(libc.linkat(fcntl.AT_FDCWD, in First(link), directory, in First(name), fcntl.AT_SYMLINK_FOLLOW));

    public static int SetMode(int descriptor, uint mode) => Checked(libc.fchmod(descriptor, mode));

    /// <summary>Sets a directory's mode; <paramref name="name"/> is known to be no symbolic link's.</summary>
    public static int SetModeOf(int directory, ReadOnlySpan<byte> name, uint mode) =>
        Checked(libc.fchmodat(directory, in First(name), mode, 0));

    /// <summary>A time of statx(2) in nanoseconds since 1970.</summary>
    public static long Nanoseconds(in statx_timestamp time) => (time.tv_sec * NanosecondsOfSecond) + time.tv_nsec;

    /// <summary>Access and modification time, of a symbolic link itself too; nanoseconds since 1970.</summary>
    public static int SetTimes(int directory, ReadOnlySpan<byte> name, long nanoseconds)
    {
        timespec* times = stackalloc timespec[2];
        times[0] = times[1] = TimeOf(nanoseconds);
        fixed (byte* n = name)
        {
            return Checked(libc.utimensat(directory, n, times, fcntl.AT_SYMLINK_NOFOLLOW));
        }
    }

    /// <summary>The same, of an open file.</summary>
    public static int SetTimes(int descriptor, long nanoseconds)
    {
        timespec* times = stackalloc timespec[2];
        times[0] = times[1] = TimeOf(nanoseconds);
        return Checked(libc.futimens(descriptor, times));
    }

    /// <summary>Both times become the present.</summary>
    public static int Touch(int directory, ReadOnlySpan<byte> name, FinalLink follow)
    {
        fixed (byte* n = name)
        {
            return Checked(
                libc.utimensat(directory, n, null, follow == FinalLink.Follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW));
        }
    }

    /// <summary>Who owns it; a symbolic link itself, too.</summary>
    public static int SetOwner(int directory, ReadOnlySpan<byte> name, uint user, uint group) =>
        Checked(libc.fchownat(directory, in First(name), user, group, fcntl.AT_SYMLINK_NOFOLLOW));

    /// <summary>Length of the target, or −errno.</summary>
    public static int ReadLink(int directory, ReadOnlySpan<byte> name, Span<byte> target) =>
        Checked((int)libc.readlinkat(directory, in First(name), ref MemoryMarshal.GetReference(target), target.Length));

    /// <returns>0, or −<see cref="WouldBlock"/> when somebody else holds it.</returns>
    public static int TryLock(int descriptor, LockKind kind) =>
        Checked(libc.flock(descriptor, Operation(kind) | libc.LOCK_NB));

    /// <summary>Waits until nobody else holds it.</summary>
    /// <returns>0, or −errno where there are no locks.</returns>
    public static int Lock(int descriptor, LockKind kind)
    {
        int result;
        do
        {
            result = Checked(libc.flock(descriptor, Operation(kind)));
        }
        while (result == -Interrupted);

        return result;
    }

    private static int Operation(LockKind kind) => kind == LockKind.Exclusive ? libc.LOCK_EX : libc.LOCK_SH;

    /// <summary>Shares the blocks of <paramref name="from"/> where the file system can.</summary>
    public static bool TryClone(SafeFileHandle to, SafeFileHandle from)
    {
        int result = libc.ioctl((int)to.DangerousGetHandle(), FICLONE, (void*)from.DangerousGetHandle());
        GC.KeepAlive(to);
        GC.KeepAlive(from);
        return result == 0;
    }

    /// <summary>pread(2), without asking first whether the file can seek, as .NET's does.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static int ReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        nint length = libc.pread((int)file.DangerousGetHandle(), ref MemoryMarshal.GetReference(buffer),
            buffer.Length, offset);
        int error = Marshal.GetLastPInvokeError();
        GC.KeepAlive(file);
        return length >= 0 ? (int)length
            : error == Interrupted ? ReadAt(file, buffer, offset)
            : throw new IOException(Describe(error), error);
    }

    /// <summary>pwrite(2).</summary>
    /// <returns>Bytes written, at least one.</returns>
    /// <exception cref="IOException">It failed.</exception>
    public static int WriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        nint length = libc.pwrite((int)file.DangerousGetHandle(), in First(bytes), bytes.Length, offset);
        int error = Marshal.GetLastPInvokeError();
        GC.KeepAlive(file);
        return length > 0 ? (int)length
            : length < 0 && error == Interrupted ? WriteAt(file, bytes, offset)
            : throw new IOException(Describe(error), error);
    }

    /// <summary>copy_file_range(2) (Linux 4.5) of the first <paramref name="size"/> bytes into an empty file.</summary>
    /// <returns>False if these files cannot be copied so; an error that is real will come again with the usual
    /// calls.</returns>
    public static bool TryCopy(SafeFileHandle from, SafeFileHandle to, long size)
    {
        long copied = 0;
        nint count = 1;
        while (copied < size && count > 0)
        {
            count = libc.copy_file_range(
                (int)from.DangerousGetHandle(), 0, (int)to.DangerousGetHandle(), 0,
                (nint)Math.Min(size - copied, 1 << 30), 0);
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
            _ = libc.close(descriptor);
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
    public static int ErrorOf(IOException exception) =>
        exception.HResult is > 0 and < 4096 ? -exception.HResult : -InputOutput;

    private static ref readonly byte First(ReadOnlySpan<byte> bytes) => ref MemoryMarshal.GetReference(bytes);

    private static timespec TimeOf(long nanoseconds) =>
        new() { tv_sec = nanoseconds / NanosecondsOfSecond, tv_nsec = nanoseconds % NanosecondsOfSecond };

    private static int Checked(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();
}

namespace Fptrace.Linux.Headers;

/// <summary>fcntl.h: flags of open and of the *at calls.</summary>
internal static class fcntl
{
    public const int O_RDONLY = 0x0;
    public const int O_WRONLY = 0x1;
    public const int O_RDWR = 0x2;
    public const int O_ACCMODE = 0x3;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_NOATIME = 0x40000;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    // linux/openat2.h
    public const ulong RESOLVE_NO_SYMLINKS = 0x4;
    public const ulong RESOLVE_IN_ROOT = 0x10;

    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_EACCESS = 0x200;
    public const int AT_SYMLINK_FOLLOW = 0x400;
    public const int AT_STATX_DONT_SYNC = 0x4000;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int RENAME_NOREPLACE = 0x1;
    public const int RENAME_EXCHANGE = 0x2;
    public const int F_GETFD = 1;
    public const int F_GETFL = 3;
    public const int F_SETLK = 6;
    public const int F_SETLKW = 7;
    public const int F_SETFD = 2;
    public const int F_SETFL = 4;
    public const int F_OFD_GETLK = 36;
    public const int F_OFD_SETLK = 37;
    public const short F_WRLCK = 1;
    public const short F_UNLCK = 2;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int FD_CLOEXEC = 1;
    public const int SEEK_SET = 0;
    public const int SEEK_CUR = 1;
    public const int R_OK = 4;
    public const int W_OK = 2;
    public const int X_OK = 1;

    // These differ per architecture.
    public static int O_DIRECTORY => asm.O_DIRECTORY;

    public static int O_NOFOLLOW => asm.O_NOFOLLOW;

    public static int O_TMPFILE => OpenFlags.OfThisMachine.O_TMPFILE;
}

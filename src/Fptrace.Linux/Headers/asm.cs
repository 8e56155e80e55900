namespace Fptrace.Linux.Headers;

/// <summary>asm/unistd.h, asm/fcntl.h and asm/stat.h: what differs per architecture.</summary>
internal static class asm
{
    // Calls that the C library lacks, or that must reach the kernel as they are.
    public static PerMachine SYS_capget => new(125, 90);

    public static PerMachine SYS_capset => new(126, 91);

    public static PerMachine SYS_getdents64 => new(217, 61);

    public static PerMachine SYS_getgroups => new(115, 158);

    public static PerMachine SYS_getresgid => new(120, 150);

    public static PerMachine SYS_getresuid => new(118, 148);

    public static PerMachine SYS_gettid => new(186, 178);

    public static PerMachine SYS_kcmp => new(312, 272);

    public static PerMachine SYS_newfstatat => new(262, 79);

    public static PerMachine SYS_prlimit64 => new(302, 261);

    public static PerMachine SYS_ptrace => new(101, 117);

    public static PerMachine SYS_rt_sigaction => new(13, 134);

    public static PerMachine SYS_rt_sigprocmask => new(14, 135);

    public static PerMachine SYS_seccomp => new(317, 277);

    public static PerMachine SYS_sendmsg => new(46, 211);

    public static PerMachine SYS_setfsgid => new(123, 152);

    public static PerMachine SYS_setfsuid => new(122, 151);

    public static PerMachine SYS_setgroups => new(116, 159);

    public static PerMachine SYS_tgkill => new(234, 131);

    public static PerMachine SYS_waitid => new(247, 95);

    public static PerMachine O_DIRECT => new(0x4000, 0x10000);

    public static PerMachine O_DIRECTORY => new(0x10000, 0x4000);

    public static PerMachine O_NOFOLLOW => new(0x20000, 0x8000);

    // Offsets in struct stat, which has 144 bytes or 128. Its other fields stand at the same place in both.
    public static PerMachine st_gid => new(32, 28);

    public static PerMachine st_mode => new(24, 16);

    public static PerMachine st_nlink => new(16, 20);

    public static PerMachine st_uid => new(28, 24);

    /// <summary>A pointer as memory knows it: aarch64 ignores its first byte, where programs keep tags.</summary>
    public static ulong Untagged(ulong pointer) => PerMachine.IsX64 ? pointer : (ulong)((long)(pointer << 8) >> 8);
}

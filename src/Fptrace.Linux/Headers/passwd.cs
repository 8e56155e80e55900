using System.Runtime.InteropServices;

namespace Fptrace.Linux.Headers;

/// <summary>struct passwd of getpwnam(3), the same in glibc and musl on 64 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct passwd
{
    public nint pw_name;
    public nint pw_passwd;
    public uint pw_uid;
    public uint pw_gid;
    public nint pw_gecos;
    public nint pw_dir;
    public nint pw_shell;
}

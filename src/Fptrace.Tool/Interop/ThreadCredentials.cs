using System.Runtime.InteropServices;

namespace Fptrace.Interop;

/// <summary>The ids with which the kernel checks the calling thread's file accesses. The bare calls: the C library would change all threads.</summary>
internal static unsafe class ThreadCredentials
{
    private static readonly bool s_x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly nint SYS_setfsuid = s_x64 ? 122 : 151;
    private static readonly nint SYS_setfsgid = s_x64 ? 123 : 152;
    private static readonly nint SYS_setgroups = s_x64 ? 116 : 159;
    private static readonly nint SYS_getgroups = s_x64 ? 115 : 158;
    private static readonly uint[] s_groups = Groups();

    public static void Take(uint uid, uint gid, ReadOnlySpan<uint> groups)
    {
        SetGroups(groups);
        libc.syscall(SYS_setfsgid, (nint)gid, 0, 0, 0, 0);
        libc.syscall(SYS_setfsuid, (nint)uid, 0, 0, 0, 0);
    }

    /// <summary>Ours again: we are root wherever this is used.</summary>
    public static void Restore()
    {
        libc.syscall(SYS_setfsuid, 0, 0, 0, 0, 0);
        libc.syscall(SYS_setfsgid, (nint)(uint)Tmds.Linux.LibC.getegid(), 0, 0, 0, 0);
        SetGroups(s_groups);
    }

    private static void SetGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* p = groups)
        {
            libc.syscall(SYS_setgroups, groups.Length, (nint)p, 0, 0, 0);
        }
    }

    private static uint[] Groups()
    {
        uint[] groups = new uint[65536];
        fixed (uint* p = groups)
        {
            nint count = libc.syscall(SYS_getgroups, groups.Length, (nint)p, 0, 0, 0);
            return groups[..(int)Math.Max(count, 0)];
        }
    }
}

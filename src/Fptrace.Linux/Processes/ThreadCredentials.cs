using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.Processes;

/// <summary>The IDs and capabilities with which the kernel checks file accesses of the calling thread.</summary>
/// <remarks>It makes bare system calls, because the C library would change all threads (nptl(7)).</remarks>
internal static unsafe class ThreadCredentials
{
    private const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    private static readonly uint[] s_groups = Groups();
    private static readonly uint[] s_capabilities = Capabilities();

    /// <summary>
    /// The bits of the capabilities that override permission bits: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH.
    /// </summary>
    public const uint FileCapabilities = (1 << 1) | (1 << 2);

    /// <summary>Our user ID; null if the real, effective and saved ones differ.</summary>
    public static uint? User { get; } = Single(SYS_getresuid);

    /// <summary>Our group ID; null if the real, effective and saved ones differ.</summary>
    public static uint? Group { get; } = Single(SYS_getresgid);

    /// <summary>Gives the calling thread other IDs and capabilities.</summary>
    /// <param name="fileCapabilities">The bits of <see cref="FileCapabilities"/> that the thread gets.</param>
    public static void Take(uint uid, uint gid, ReadOnlySpan<uint> groups, uint fileCapabilities)
    {
        SetGroups(groups);
        libc.syscall(SYS_setfsgid, (nint)gid, 0, 0, 0, 0);

        // setfsuid(2) changes the file capabilities, too, so set them after it.
        libc.syscall(SYS_setfsuid, (nint)uid, 0, 0, 0, 0);
        SetEffective((s_capabilities[0] & ~FileCapabilities) | (fileCapabilities & s_capabilities[1]));
    }

    /// <summary>Gives the thread our own IDs back. Only root uses this class.</summary>
    public static void Restore()
    {
        libc.syscall(SYS_setfsuid, 0, 0, 0, 0, 0);
        libc.syscall(SYS_setfsgid, (nint)libc.getegid(), 0, 0, 0, 0);
        SetGroups(s_groups);
        SetEffective(s_capabilities[0]);
    }

    // capget(2), version 3: effective, permitted, inheritable of the first 32 capabilities, then of the others.
    private static void SetEffective(uint low)
    {
        uint* header = stackalloc uint[2] { _LINUX_CAPABILITY_VERSION_3, 0 };
        fixed (uint* known = s_capabilities)
        {
            uint* data = stackalloc uint[6] { low, known[1], known[2], known[3], known[4], known[5] };
            libc.syscall(SYS_capset, (nint)header, (nint)data, 0, 0, 0);
        }
    }

    private static uint[] Capabilities()
    {
        uint* header = stackalloc uint[2] { _LINUX_CAPABILITY_VERSION_3, 0 };
        uint[] data = new uint[6];
        fixed (uint* p = data)
        {
            libc.syscall(SYS_capget, (nint)header, (nint)p, 0, 0, 0);
        }

        return data;
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

    // getresuid(2) and getresgid(2): real, effective and saved.
    private static uint? Single(nint call)
    {
        uint* ids = stackalloc uint[3];
        return libc.syscall(call, (nint)ids, (nint)(ids + 1), (nint)(ids + 2), 0, 0) == 0 && ids[0] == ids[1]
            && ids[1] == ids[2]
            ? ids[0]
            : null;
    }
}

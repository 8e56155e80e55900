using System.Runtime.InteropServices;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using static Fptrace.Linux.Headers.asm;

namespace Fptrace.Linux.Ptracing;

/// <summary>seccomp(2) on the calling thread.</summary>
internal static unsafe class SeccompFilter
{
    /// <summary>Installs a filter, which cannot be removed.</summary>
    /// <param name="program">The <see cref="sock_filter"/> instructions.</param>
    /// <returns>0, or −errno.</returns>
    public static int Install(ReadOnlySpan<byte> program) =>
        Install(program, [seccomp.SECCOMP_FILTER_FLAG_SPEC_ALLOW, 0]);

    /// <summary>Installs a filter that sends notifications.</summary>
    /// <param name="program">The <see cref="sock_filter"/> instructions.</param>
    /// <returns>The listener's descriptor, or −errno.</returns>
    /// <remarks>
    /// Without WAIT_KILLABLE_RECV (Linux 5.19) a signal can cancel a notification while we handle it, and the thread
    /// then sends it again.
    /// </remarks>
    public static int InstallListener(ReadOnlySpan<byte> program) => Install(program,
    [
        seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER | seccomp.SECCOMP_FILTER_FLAG_SPEC_ALLOW
            | seccomp.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
        seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER | seccomp.SECCOMP_FILTER_FLAG_SPEC_ALLOW,
        seccomp.SECCOMP_FILTER_FLAG_NEW_LISTENER,
    ]);

    // The newest flags come first: an older kernel refuses unknown ones with EINVAL.
    private static int Install(ReadOnlySpan<byte> program, ReadOnlySpan<uint> choices)
    {
        fixed (byte* p = program)
        {
            sock_fprog filter = new() { len = (ushort)(program.Length / sizeof(sock_filter)),
                filter = (sock_filter*)p };
            int result = -errno.EINVAL;
            foreach (uint flags in choices)
            {
                nint fd = libc.syscall(SYS_seccomp, seccomp.SECCOMP_SET_MODE_FILTER, (nint)flags,
                    (nint)(&filter), 0, 0);
                result = fd >= 0 ? (int)fd : -Marshal.GetLastSystemError();
                if (result != -errno.EINVAL)
                {
                    break;
                }
            }

            return result;
        }
    }
}

using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Linux.Processes;

namespace Fptrace.Tracing.Launch;

/// <summary>Explains why ptrace is denied, as far as the machine tells, and what to do.</summary>
internal static class Denial
{
    /// <param name="error">The errno value of PTRACE_SEIZE.</param>
    public static string Of(int error) => Of(
        error,
        OwnStatus.Now(),
        Files.ReadAll("/proc/sys/kernel/yama/ptrace_scope\0"u8),
        Files.ReadAll("/sys/fs/selinux/booleans/deny_ptrace\0"u8),
        Files.ReadAll("/proc/self/attr/current\0"u8),
        OwnStatus.HasCapability(OwnProcess.CAP_SYS_PTRACE));

    /// <param name="error">The errno value of PTRACE_SEIZE.</param>
    /// <param name="status">proc_pid_status(5) of this process.</param>
    /// <param name="yama">kernel.yama.ptrace_scope; empty where there is none.</param>
    /// <param name="selinux">The boolean deny_ptrace: its current and its pending value.</param>
    /// <param name="label">The label of this process, from AppArmor or another security module.</param>
    /// <param name="mayTrace">Whether this process has CAP_SYS_PTRACE.</param>
    public static string Of(
        int error,
        ProcessStatus status,
        ReadOnlySpan<byte> yama,
        ReadOnlySpan<byte> selinux,
        ReadOnlySpan<byte> label,
        bool mayTrace)
    {
        if (status.TracerId != 0)
        {
            return "another tracer (strace, gdb, another fptrace) follows this process; run fptrace outside of it";
        }

        if (error is errno.ENOSYS or errno.EIO)
        {
            return "whatever runs this program has no ptrace, as an emulator has none (qemu-user under docker run "
                + "--platform): "
                + "use an image for the machine's own architecture";
        }

        if (OfYama(yama, mayTrace) is { } byYama)
        {
            return byYama;
        }

        if (selinux is [(byte)'1', ..])
        {
            return "SELinux denies it to everybody: allow it (setsebool deny_ptrace off)";
        }

        // AppArmor writes "NAME (enforce)". SELinux writes labels with colons.
        if (label.IndexOf(" (enforce)"u8) is > 0 and var end)
        {
            return $"AppArmor's profile {System.Text.Encoding.UTF8.GetString(label[..end])} may deny it: allow ptrace "
                + "there, or run without it "
                + "(docker run --security-opt apparmor=unconfined --cap-add=SYS_PTRACE)";
        }

        return "allow it in the sandbox (docker run --cap-add=SYS_PTRACE, kernel.yama.ptrace_scope below 3)";
    }

    /// <summary>Why yama denies it; null if it does not.</summary>
    /// <param name="yama">kernel.yama.ptrace_scope; empty where there is none.</param>
    /// <param name="mayTrace">Whether this process has CAP_SYS_PTRACE.</param>
    public static string? OfYama(ReadOnlySpan<byte> yama, bool mayTrace)
    {
        if (yama is [(byte)'3', ..])
        {
            return "kernel.yama.ptrace_scope is 3, which allows nobody to trace until the machine starts anew: set it "
                + "below 3 in /etc/sysctl.d, and restart";
        }

        if (yama is [(byte)'2', ..] && !mayTrace)
        {
            return "kernel.yama.ptrace_scope is 2: run as root (in a container with --cap-add=SYS_PTRACE), or set it "
                + "to 1 (sysctl kernel.yama.ptrace_scope=1)";
        }

        return null;
    }
}

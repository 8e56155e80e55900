using System.Text;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;

namespace Fptrace.Tracing.Launch;

/// <summary>Policies that few machines have: what each leaves in /proc and /sys, and what is said of it.</summary>
public sealed class DenialTests
{
    private const string Status = "Name:\tfptrace\nTracerPid:\t0\n";

    [Theory]
    [InlineData("Name:\tfptrace\nTracerPid:\t77\n", "", "", "", false, "another tracer")]
    [InlineData(Status, "3\n", "", "", true, "ptrace_scope is 3")]
    [InlineData(Status, "2\n", "", "", false, "ptrace_scope is 2")]
    [InlineData(Status, "2\n", "", "", true, "allow it in the sandbox")]
    [InlineData(Status, "1\n", "1 1", "system_u:system_r:container_t:s0", false, "setsebool deny_ptrace off")]
    [InlineData(Status, "1\n", "0 0", "unconfined_u:unconfined_r:unconfined_t:s0", false, "allow it in the sandbox")]
    [InlineData(Status, "1\n", "", "docker-default (enforce)\n", false, "AppArmor's profile docker-default")]
    [InlineData(Status, "1\n", "", "unconfined\n", false, "allow it in the sandbox")]
    [InlineData(Status, "", "", "", false, "allow it in the sandbox")]
    public void Policy_IsNamedWithItsRemedy(string status, string yama, string selinux, string label, bool mayTrace,
        string said) =>
        Assert.Contains(said, Said(errno.EPERM, status, yama, selinux, label, mayTrace), StringComparison.Ordinal);

    [Theory]
    [InlineData(errno.ENOSYS)]
    [InlineData(errno.EIO)]
    public void Emulator_IsNamedWithItsRemedy(int error) =>
        Assert.Contains("qemu-user", Said(error, Status, "", "", "", mayTrace: true), StringComparison.Ordinal);

    private static string Said(int error, string status, string yama, string selinux, string label, bool mayTrace) =>
        Denial.Of(error, new ProcessStatus(Encoding.UTF8.GetBytes(status)), Encoding.UTF8.GetBytes(yama),
            Encoding.UTF8.GetBytes(selinux), Encoding.UTF8.GetBytes(label), mayTrace);
}

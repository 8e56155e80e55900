using System.Text;

namespace Fptrace.Tracing.Calls.Processes;

public sealed class MountCallTests
{
    [Theory]
    [InlineData("/proc", true)]
    [InlineData("/sys/fs/cgroup", true)]
    [InlineData("/dev/pts", true)]
    [InlineData("/process", false)]
    [InlineData("/system", false)]
    [InlineData("/devel/files", false)]
    [InlineData("/srv/proc", false)]
    public void MountPoint_IsTheKernelsOnlyInItsOwnDirectories(string path, bool isKernels) =>
        Assert.Equal(isKernels, MountCall.IsKernelsOwn(Encoding.UTF8.GetBytes(path)));
}

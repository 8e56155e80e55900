using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing;

public sealed class MountTests
{
    [Fact]
    public void Table_IsReadWithItsEscapes()
    {
        List<Mount> mounts = Mount.Read("""
            21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
            36 21 98:0 /with\040space/sub /mnt\134x rw,noatime master:1 propagate_from:2 - fuse.sshfs host: rw,errors=continue
            37 21 0:5 / /proc rw - proc proc rw
            damaged

            """u8);
        Assert.Equal(3, mounts.Count);
        Assert.Equal(new Mount(21, Bytes("8:1"), default, default, Bytes("ext4")), mounts[0]);
        Assert.Equal(new Mount(36, Bytes("98:0"), Bytes("/with space/sub"), Bytes("/mnt\\x"), Bytes("fuse.sshfs")),
            mounts[1]);
        Assert.True(mounts[1].IsRemote && mounts[1].HoldsTheKilled);
        Assert.True(mounts[2].IsKernels);
        Assert.False(mounts[0].IsKernels || mounts[0].StartsEmpty);
    }

    private static ByteString Bytes(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}

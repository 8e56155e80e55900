using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Proc;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>Whether a file system is mounted whose server may not answer: a network's, or FUSE, whose daemon may be one
/// of the command's.</summary>
/// <remarks>The table of mounts tells that without touching any. Thread-safe.</remarks>
internal sealed class RemoteMounts
{
    private volatile bool _any;

    /// <summary>Once true it stays so, for a mount that was taken away may still be in use.</summary>
    public bool Any => _any;

    /// <summary>Looks at the mounts that a process has.</summary>
    public void Look(int pid)
    {
        if (!_any)
        {
            _any = Mount.Read(Files.ReadAll(ProcPath.Of(pid, "mountinfo"u8))).Exists(mount => mount.IsRemote);
        }
    }
}

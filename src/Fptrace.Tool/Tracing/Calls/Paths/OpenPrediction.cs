using System.Buffers.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Proc;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>What a lookup says about an open whose exit is not seen, and when it does not say enough.</summary>
internal static class OpenPrediction
{
    // With fewer numbers left than this, threads that share them may take the last while we look.
    private const int FewDescriptors = 64;

    /// <summary>Whether an open that changes nothing will succeed on what stands at its path, as far as that shows.</summary>
    /// <returns>0, or −errno.</returns>
    public static int Predict(ResolvedPath path, int flags, SyscallAbi abi, in FileStamp stamp)
    {
        if ((flags & abi.OpenFlags.O_DIRECTORY) != 0 && stamp.Type != FileType.Directory)
        {
            return -errno.ENOTDIR;
        }

        if ((flags & fcntl.O_PATH) != 0)
        {
            return 0;
        }

        return stamp.Type switch
        {
            FileType.Symlink => -errno.ELOOP,
            FileType.Socket => -errno.ENXIO,
            _ => path.Access(fcntl.R_OK),
        };
    }

    /// <summary>Whether an open that was predicted to succeed may fail, or wait and be given up: its end is to be seen.</summary>
    public static bool MayFail(CallContext context, Tracee tracee, SyscallAbi abi, int flags, in FileStamp stamp)
    {
        if ((flags & fcntl.O_PATH) != 0 || stamp.Type == FileType.Directory)
        {
            // That the path is there is all that is recorded.
            return false;
        }

        return tracee.IsRestricted
            || (flags & (fcntl.O_NOATIME | abi.OpenFlags.O_DIRECT)) != 0
            || (abi.PointerSize == 4 && stamp.Size > int.MaxValue && (flags & SyscallAbi.O_LARGEFILE) == 0)
            || stamp.Type switch
            {
                // A FIFO waits for whoever writes.
                FileType.Fifo => (flags & fcntl.O_NONBLOCK) == 0,
                FileType.CharacterDevice or FileType.BlockDevice => !IsAlwaysThere(context.Path.Name),
                _ => IsGuarded(tracee, context.Path.Name),
            }
            || HasFewDescriptors(context, tracee.Tid);
    }

    // The kernel's devices in memory; others need a driver, a terminal, a medium.
    private static bool IsAlwaysThere(ReadOnlySpan<byte> path) =>
        path.SequenceEqual("/dev/null"u8)
        || path.SequenceEqual("/dev/zero"u8)
        || path.SequenceEqual("/dev/full"u8)
        || path.SequenceEqual("/dev/random"u8)
        || path.SequenceEqual("/dev/urandom"u8);

    // What /proc has of other processes, of the kernel's log and of its memory is refused by other rules than the mode.
    private static bool IsGuarded(Tracee tracee, ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith("/proc/"u8))
        {
            return false;
        }

        path = path["/proc/"u8.Length..];
        return path.StartsWith("k"u8) || (Utf8Parser.TryParse(path, out int pid, out _) && pid != tracee.Tgid && pid != tracee.Tid);
    }

    // The kernel gives the lowest number that is free, so all are free from the first one that a process does not have.
    private static bool HasFewDescriptors(CallContext context, int tid)
    {
        if (Descriptions.Limit(tid) is not { } limit || limit <= FewDescriptors)
        {
            return true;
        }

        int late = (int)Math.Min(limit, int.MaxValue) - FewDescriptors;
        return Descriptions.IsOpen(tid, late) ?? Files.ReadLink(ProcPath.Of(tid, "fd"u8, late), context.Link) > 0;
    }
}

using System.Buffers.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>Predicts the result of an open whose exit is not seen, and tells where it cannot.</summary>
internal static class OpenPrediction
{
    // With fewer free descriptors than this, other threads of the process may take the last one while we look.
    private const int FewDescriptors = 64;

    /// <summary>Predicts whether an open that changes nothing will succeed.</summary>
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

    /// <summary>Whether an open that was predicted to succeed may fail, or may wait and be interrupted.</summary>
    /// <remarks>Its exit must be seen then.</remarks>
    public static bool MayFail(CallContext context, Tracee tracee, SyscallAbi abi, int flags, in FileStamp stamp)
    {
        if ((flags & fcntl.O_PATH) != 0 || stamp.Type == FileType.Directory)
        {
            // Only that the path exists is recorded, and the lookup has told that.
            return false;
        }

        return tracee.IsRestricted
            || (flags & (fcntl.O_NOATIME | abi.OpenFlags.O_DIRECT)) != 0
            || (abi.PointerSize == 4 && stamp.Size > int.MaxValue && (flags & abi.OpenFlags.O_LARGEFILE) == 0)
            || stamp.Type switch
            {
                // The open of a FIFO for reading waits for a writer (fifo(7)).
                FileType.Fifo => (flags & fcntl.O_NONBLOCK) == 0,
                FileType.CharacterDevice or FileType.BlockDevice => !IsAlwaysThere(context.Path.Name),
                _ => IsGuarded(tracee, context.Path.Name),
            }
            || HasFewDescriptors(context, tracee.Tid);
    }

    // These devices can always be opened. Others may lack a driver, a terminal or a medium.
    private static bool IsAlwaysThere(ReadOnlySpan<byte> path) =>
        path.SequenceEqual("/dev/null"u8)
        || path.SequenceEqual("/dev/zero"u8)
        || path.SequenceEqual("/dev/full"u8)
        || path.SequenceEqual("/dev/random"u8)
        || path.SequenceEqual("/dev/urandom"u8);

    // Rules other than the mode guard what /proc has of other processes (ptrace(2)), of the kernel's log (syslog(2))
    // and of its memory.
    private static bool IsGuarded(Tracee tracee, ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith("/proc/"u8))
        {
            return false;
        }

        path = path["/proc/"u8.Length..];
        return path.StartsWith("k"u8)
            || (Utf8Parser.TryParse(path, out int pid, out _) && pid != tracee.Tgid && pid != tracee.Tid);
    }

    // open(2) takes the lowest free number. So while the number 64 below the limit is free, so is a lower one or
    // itself.
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

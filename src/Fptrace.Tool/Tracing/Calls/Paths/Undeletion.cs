using System.Text;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Tracing.Names;
using Fptrace.Tracing.Tracees;

namespace Fptrace.Tracing.Calls.Paths;

/// <summary>What <c>-u</c> does so that no existing file is lost.</summary>
internal static class Undeletion
{
    /// <summary>Predicts the result of unlink or rmdir by an access check: 0, or −errno.</summary>
    public static long Answer(Tracee tracee, ResolvedPath path, bool directory, in FileStamp before)
    {
        using (TraceeCredentials.Borrow(tracee))
        {
            int result = path.Stat(FinalLink.Keep, out _);
            if (result < 0)
            {
                return result;
            }

            if (directory != (before.Type == FileType.Directory))
            {
                return directory ? -errno.ENOTDIR : -errno.EISDIR;
            }

            byte[] parent = [.. Parent(path.Name), 0];
            return FileRights.Access(fcntl.AT_FDCWD, parent, fcntl.W_OK | fcntl.X_OK);
        }
    }

    /// <summary>Gives another name to a file that a rename is about to replace.</summary>
    public static void KeepName(ResolvedPath path, in FileStamp before)
    {
        if (before.Exists && before.Type != FileType.Directory)
        {
            Keep(path.Name, static (existing, name) => FilesAt.Link(fcntl.AT_FDCWD, existing, fcntl.AT_FDCWD, name));
        }
    }

    /// <summary>Copies a file that the call is about to truncate.</summary>
    public static void KeepCopy(ResolvedPath path, in FileStamp before)
    {
        if (before.Type == FileType.Regular && before.Size > 0)
        {
            Keep(path.Name, static (existing, name) => OwnFiles.Copy(existing, name));
        }
    }

    // The numbered backups of GNU cp: NAME.~1~, NAME.~2~ ...
    private static void Keep(ReadOnlySpan<byte> path, Func<byte[], byte[], int> keep)
    {
        byte[] existing = [.. path, 0];
        for (int i = 1; ; i++)
        {
            byte[] name = [.. path, .. Encoding.UTF8.GetBytes($".~{i}~"), 0];
            if (keep(existing, name) != -errno.EEXIST)
            {
                return;
            }
        }
    }

    private static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        return slash <= 0 ? "/"u8 : path[..slash];
    }
}

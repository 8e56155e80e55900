using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Imports;
using Fptrace.Posix;
using Fptrace.Steps;

namespace Fptrace.Manifests.Format;

/// <summary>
/// The right to run a step and to write its manifest. It lasts until Dispose or the end of the process.
/// </summary>
/// <remarks>
/// It is a flock(2) on a file beside the manifest, which no step observes. The holder removes the file on release. So
/// after a process got the lock it checks that the file still has that name. If not, the former holder has removed it,
/// and the lock protects nothing.
/// </remarks>
public sealed class RunLock : IDisposable
{
    private const int MostAttempts = 1000;

    private const uint NewFile = 0x1b6;
    private readonly byte[] _path;
    private int _descriptor;

    private RunLock(byte[] path, int descriptor) => (_path, _descriptor) = (path, descriptor);

    /// <summary>Whether a run of the step is going on. This removes the lock file of a killed process.</summary>
    internal static bool IsHeld(string manifest)
    {
        byte[] path = FileOf(manifest);
        int fd = FilesAt.OpenRead(fcntl.AT_FDCWD, path, FinalLink.Keep);
        if (fd < 0)
        {
            return false;
        }

        bool isHeld = FilesAt.TryLock(fd, LockKind.Exclusive) == -FilesAt.WouldBlock;
        if (!isHeld)
        {
            _ = FilesAt.Unlink(fcntl.AT_FDCWD, path);
        }

        _ = libc.close(fd);
        return isHeld;
    }

    /// <param name="manifest">The file of the step's manifest.</param>
    /// <param name="process">The process that others are told to wait for.</param>
    /// <param name="waits">Called when another process holds the lock, with its ID, or 0 if it is not known. What it
    /// returns is disposed of when the wait is over.</param>
    /// <returns>Null if there can be no lock: the directory is not writable, or its file system has no locks.</returns>
    public static RunLock? Take(string manifest, int process, Func<int, IDisposable?> waits)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(waits);
        byte[] path = FileOf(manifest);
        try
        {
            StateDirectory.MakeFor(manifest);
        }
        catch (IOException)
        {
            return null;
        }

        IDisposable? waiting = null;
        try
        {
            // Each holder removes the file, and another process may make it anew, so the lock may have to be taken
            // again. The limit ends the loop on a disk that fails: there IsNamed never returns true.
            for (int attempt = 0; attempt < MostAttempts; attempt++)
            {
                // O_NOFOLLOW: otherwise whoever may write to the directory could choose the file that we write to. The
                // file of another user can be locked even without the right to write to it.
                int fd = FilesAt.Open(fcntl.AT_FDCWD, path,
                    fcntl.O_RDWR | fcntl.O_CREAT | fcntl.O_NOFOLLOW | fcntl.O_NONBLOCK, NewFile);
                if (fd == -errno.EACCES)
                {
                    fd = FilesAt.OpenRead(fcntl.AT_FDCWD, path, FinalLink.Keep);
                }

                if (fd < 0)
                {
                    return null;
                }

                int result = FilesAt.TryLock(fd, LockKind.Exclusive);
                if (result == -FilesAt.WouldBlock)
                {
                    waiting ??= waits(Holder(fd));
                    result = FilesAt.Lock(fd, LockKind.Exclusive);
                }

                if (result == 0 && IsNamed(fd, path))
                {
                    byte[] holder =
                        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{process}\n"));
                    _ = libc.write(fd, in holder[0], holder.Length);
                    return new RunLock(path, fd);
                }

                _ = libc.close(fd);
                if (result != 0)
                {
                    return null;
                }
            }

            return null;
        }
        finally
        {
            waiting?.Dispose();
        }
    }

    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            _ = FilesAt.Unlink(fcntl.AT_FDCWD, _path);
            _ = libc.close(_descriptor);
            _descriptor = -1;
        }
    }

    private static byte[] FileOf(string manifest)
    {
        int slash = manifest.LastIndexOf('/') + 1;
        return PosixPath.Bytes($"{manifest[..slash]}.{manifest[slash..]}{IgnoredPaths.LockEnding}");
    }

    private static bool IsNamed(int fd, byte[] path)
    {
        FileLook ours = FileLook.Of(fd);
        FileLook named = FileLook.At(fcntl.AT_FDCWD, path, FinalLink.Keep);
        return named.Exists && ours.Links == 1 && ours.Times.Inode == named.Times.Inode && ours.Device == named.Device;
    }

    /// <summary>The process ID in the file; 0 if the holder has not written it yet.</summary>
    private static int Holder(int fd)
    {
        byte[] text = new byte[16];
        nint length = libc.pread(fd, ref text[0], text.Length, 0);
        int end = text.AsSpan(0, (int)Math.Max(length, 0)).IndexOf((byte)'\n');
        return end > 0
            && int.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? pid
            : 0;
    }
}

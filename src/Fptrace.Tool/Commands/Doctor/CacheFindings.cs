using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Caching;
using Fptrace.Caching.Store;
using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Commands.Doctor;

/// <summary>Where <c>fptrace run --cache</c> keeps results. Nothing is made there.</summary>
internal static class CacheFindings
{
    private const string Name = "cache directory";
    private const string CloneName = "file clones";
    private const string Remedy = "name another one by --cache=DIR or XDG_CACHE_HOME";

    public static IEnumerable<Finding> All()
    {
        string path;
        try
        {
            path = ContentStore.DefaultPath;
            ContentStore.Open(path, CacheMode.Read)?.Dispose();
        }
        catch (CacheException e)
        {
            return [Finding.Missed(Name, e.Message, Remedy),
                Finding.Unknown(CloneName, "there is no cache directory")];
        }

        string place = path;
        while (!Directory.Exists(place))
        {
            place = Path.GetDirectoryName(place)!;
        }

        // A file without a name: it needs the right to write there, and leaves nothing behind.
        using SafeFileHandle one = Nameless(place, out int error);
        if (error is errno.EOPNOTSUPP or errno.EISDIR)
        {
            // The file system has no such files. Then only the right can be asked for.
            int access = FileRights.Access(fcntl.AT_FDCWD, NameOf(place), fcntl.W_OK | fcntl.X_OK);
            return [access < 0 ? Unwritable(place, -access) : Writable(path, place),
                Finding.Unknown(CloneName, "the file system lacks O_TMPFILE, by which doctor tries it")];
        }

        return one.IsInvalid
            ? [Unwritable(place, error), Finding.Unknown(CloneName, "there is no cache directory")]
            : [Writable(path, place), Clone(one, place)];
    }

    private static Finding Writable(string path, string place) =>
        Finding.Found(Name, path + (place == path ? "" : ", made when it is used"));

    private static Finding Unwritable(string place, int error) => Finding.Missed(Name,
        $"{place} cannot be written ({Marshal.GetPInvokeErrorMessage(error)})", Remedy);

    private static Finding Clone(SafeFileHandle one, string place)
    {
        using SafeFileHandle other = Nameless(place, out _);
        return !other.IsInvalid && FilesAt.TryClone(other, one)
            ? Finding.Found(CloneName, "outputs from the cache share its blocks")
            : Finding.Missed(CloneName, "outputs from the cache are copied, which takes longer",
                "a cache directory on btrfs or XFS, where the outputs stand");
    }

    private static byte[] NameOf(string path) => FilesAt.Name(Encoding.UTF8.GetBytes(path));

    private static SafeFileHandle Nameless(string directory, out int error)
    {
        int result = FilesAt.Open(FilesAt.WorkingDirectory, NameOf(directory),
            fcntl.O_TMPFILE | fcntl.O_RDWR, 0x180);
        error = result < 0 ? -result : 0;
        return new SafeFileHandle(result, ownsHandle: true);
    }
}

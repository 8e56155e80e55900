using System.Runtime.InteropServices;
using System.Text;
using Fptrace.Caching;
using Fptrace.Caching.Store;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Commands.Doctor;

/// <summary>Where <c>fptrace run --cache</c> keeps results. Nothing is made there.</summary>
internal static class CacheFindings
{
    private const string Name = "cache directory";
    private const string CloneName = "file clones";

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
            return [Finding.Missed(Name, e.Message, "--cache=DIR, or set XDG_CACHE_HOME"),
                Finding.Unknown(CloneName, "there is no cache directory")];
        }

        string place = path;
        while (!Directory.Exists(place))
        {
            place = Path.GetDirectoryName(place)!;
        }

        // A file without a name: it needs the right to write there, and leaves nothing behind.
        using SafeFileHandle one = Nameless(place, out int error);
        return one.IsInvalid
            ? [Finding.Missed(Name, $"{place} cannot be written ({Marshal.GetPInvokeErrorMessage(error)})",
                "--cache=DIR, or set XDG_CACHE_HOME"), Finding.Unknown(CloneName, "there is no cache directory")]
            : [Finding.Found(Name, path + (place == path ? "" : ", made when it is used")), Clone(one, place)];
    }

    private static Finding Clone(SafeFileHandle one, string place)
    {
        using SafeFileHandle other = Nameless(place, out _);
        return !other.IsInvalid && FilesAt.TryClone(other, one)
            ? Finding.Found(CloneName, "outputs from the cache share its blocks")
            : Finding.Missed(CloneName, "outputs from the cache are copied, which takes longer",
                "a cache directory on btrfs or XFS, where the outputs stand");
    }

    private static SafeFileHandle Nameless(string directory, out int error)
    {
        int result = FilesAt.Open(FilesAt.WorkingDirectory, FilesAt.Name(Encoding.UTF8.GetBytes(directory)),
            fcntl.O_TMPFILE | fcntl.O_RDWR, 0x180);
        error = result < 0 ? -result : 0;
        return new SafeFileHandle(result, ownsHandle: true);
    }
}

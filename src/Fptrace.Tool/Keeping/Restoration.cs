using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Keeping;

/// <summary>Puts back what a keep directory holds.</summary>
/// <remarks>
/// The last removal comes first. So a directory is there again before what was in it, and of several files of one name
/// the newest is put back.
/// </remarks>
internal sealed class Restoration : IDisposable
{
    private const uint OwnersOnly = 0x1c0;
    private const uint Permissions = 0x1ff;

    private readonly int _place;
    private readonly KeepIndex _index;
    private readonly List<KeptName> _directories = [];

    /// <exception cref="IOException">The directory cannot be opened.</exception>
    public Restoration(string directory)
    {
        _place = FilesAt.OpenPlace(fcntl.AT_FDCWD, FilesAt.Name(ByteString.Parse(directory).Span), FinalLink.Follow);
        KeepIndex? index = null;
        int result = _place < 0 ? _place : KeepIndex.Open(_place, out index);
        if (result < 0)
        {
            FilesAt.Close(_place);
            throw new IOException(FilesAt.Describe(result));
        }

        _index = index!;
    }

    /// <param name="names">In the order of their removal.</param>
    /// <param name="tell">Gets each name, and null or why it was not put back.</param>
    public void PutBack(IReadOnlyList<KeptName> names, Action<KeptName, string?> tell)
    {
        var done = new HashSet<ByteString>();
        foreach (KeptName name in names.Reverse().Where(name => done.Add(name.Path)))
        {
            int result = name.Type == FileType.Directory ? MakeDirectory(name) : PutBack(name);
            tell(name, result switch
            {
                0 => null,
                -errno.EEXIST => "something exists there",
                -errno.ENOENT => "its directory does not exist",
                -errno.EBADF => "its content is gone from the keep directory",
                -errno.EOPNOTSUPP => "its kind of file cannot be kept",
                _ => FilesAt.Describe(result),
            });
            if (result == 0)
            {
                _ = _index.TakeBack(name.Id);
            }
        }

        // Until now they had to be writable.
        foreach (KeptName name in _directories.AsEnumerable().Reverse())
        {
            byte[] path = FilesAt.Name(name.Path.Span);
            bool isOwned = FilesAt.SetOwner(fcntl.AT_FDCWD, path, name.User, name.Group) == 0;
            _ = FilesAt.SetModeOf(fcntl.AT_FDCWD, path, name.Mode & (isOwned ? 0xfffu : Permissions));
            _ = FilesAt.SetTimes(fcntl.AT_FDCWD, path, name.ModifiedNs);
        }
    }

    public void Dispose()
    {
        _index.Dispose();
        FilesAt.Close(_place);
    }

    private int MakeDirectory(KeptName name)
    {
        int result = FilesAt.MakeDirectory(fcntl.AT_FDCWD, FilesAt.Name(name.Path.Span), OwnersOnly);
        if (result == 0)
        {
            _directories.Add(name);
        }

        return result;
    }

    private int PutBack(KeptName name)
    {
        if (!name.HasContent)
        {
            return -errno.EOPNOTSUPP;
        }

        int file = FilesAt.Open(_place, name.ContentName, fcntl.O_PATH | fcntl.O_NOFOLLOW);
        if (file < 0)
        {
            return file == -errno.ENOENT ? -errno.EBADF : file;
        }

        int result = FilesAt.Stat(file, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
        if (result == 0)
        {
            byte[] path = FilesAt.Name(name.Path.Span);
            result = FileCopy.Link(file, fcntl.AT_FDCWD, path);
            if (result is not (0 or -errno.EEXIST or -errno.ENOENT))
            {
                result = FileStamp.TypeOf(found.stx_mode) is FileType.Regular or FileType.Symlink
                    ? FileCopy.Copy(file, found, fcntl.AT_FDCWD, path)
                    : -errno.EOPNOTSUPP;
            }
        }

        FilesAt.Close(file);
        return result == 0 ? FilesAt.Unlink(_place, name.ContentName) : result;
    }
}

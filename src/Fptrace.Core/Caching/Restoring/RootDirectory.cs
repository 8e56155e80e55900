using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Store;
using Fptrace.Model;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Restoring;

/// <summary>The tree below one directory. Neither symbolic links nor <c>..</c> lead out of it.</summary>
/// <remarks>
/// Each directory on the way is opened with O_NOFOLLOW, by its name relative to the one before. So what was checked is
/// what is used: a link that somebody plants meanwhile is refused and not followed. openat2(2) with RESOLVE_BENEATH
/// does the same in one call since Linux 5.6, but this walk works on all kernels, and in sandboxes that deny newer
/// calls. The last directory is remembered. Not thread-safe.
/// </remarks>
internal sealed class RootDirectory : IDisposable
{
    private readonly int _root;
    private byte[] _lastPath = [];
    private int _last;

    private RootDirectory(int root)
    {
        _root = root;
        _last = root;
    }

    /// <exception cref="RestoreException">The path is no directory, or cannot be opened.</exception>
    public static RootDirectory Open(ByteString path)
    {
        int root = FilesAt.OpenPlace(FilesAt.WorkingDirectory, FilesAt.Name(path.Span), FinalLink.Follow);
        return root >= 0 ? new RootDirectory(root) : throw RestoreException.Of(path.ToString(), root);
    }

    /// <summary>Opens the directory that contains the last component of a path.</summary>
    /// <param name="path">A path in which <see cref="SafePath.Fault"/> finds no fault.</param>
    /// <param name="directory">Valid until the next call.</param>
    /// <returns>0, or −errno if a directory is missing, or a component is a link or a file.</returns>
    public int FindParent(ByteString path, out int directory)
    {
        ReadOnlySpan<byte> parent = SafePath.Parent(path.Span);
        return Walk(parent, IfMissing.Fail, out directory);
    }

    /// <summary>
    /// As <see cref="FindParent"/>, but creates missing directories, with the mode that the umask leaves.
    /// </summary>
    public int MakeParent(ByteString path, out int directory)
    {
        ReadOnlySpan<byte> parent = SafePath.Parent(path.Span);
        return Walk(parent, IfMissing.Create, out directory);
    }

    /// <returns>What stands there, without following a link. Nothing, if a directory on the way is missing.</returns>
    /// <exception cref="RestoreException">A component on the way is a link or a file, or may not be
    /// searched.</exception>
    public FileLook Look(ByteString path)
    {
        int error = FindParent(path, out int directory);
        FileLook look = error == 0 ? FileLook.At(directory, LastName(path), FinalLink.Keep) : default;
        error = error == 0 ? -look.Error : error;
        return error switch
        {
            0 => look,
            -FilesAt.NotFound => default,
            _ => throw Refusal(path, error),
        };
    }

    /// <summary>The <see cref="ExtraAttributes"/> of a path; empty if a directory on the way is missing.</summary>
    public string Attributes(ByteString path) => FindParent(path, out int directory) == 0
        ? ExtraAttributes.Of(directory, LastName(path))
        : "";

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="RestoreException">The file does not exist or cannot be opened.</exception>
    public SafeFileHandle OpenRead(ByteString path)
    {
        int error = FindParent(path, out int directory);
        int descriptor = error < 0 ? error : FilesAt.OpenRead(directory, LastName(path), FinalLink.Keep);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Refusal(path, descriptor);
    }

    /// <summary>Reads the target of a symbolic link.</summary>
    /// <exception cref="RestoreException">There is no link, or it cannot be read.</exception>
    public ByteString ReadLink(ByteString path)
    {
        byte[] target = new byte[4096];
        int length = FindParent(path, out int directory);
        length = length < 0 ? length : FilesAt.ReadLink(directory, LastName(path), target);
        return length >= 0 ? new ByteString(target.AsSpan(0, length)) : throw Refusal(path, length);
    }

    /// <summary>Forgets the remembered directory. Needed when something on its path is replaced.</summary>
    public void Forget()
    {
        if (_last != _root)
        {
            FilesAt.Close(_last);
        }

        (_last, _lastPath) = (_root, []);
    }

    public void Dispose()
    {
        Forget();
        FilesAt.Close(_root);
    }

    /// <summary>The last component with its NUL.</summary>
    public static byte[] LastName(ByteString path) => FilesAt.Name(SafePath.Last(path.Span));

    public static RestoreException Refusal(ByteString path, int error) => error switch
    {
        // An open with O_PATH | O_NOFOLLOW | O_DIRECTORY fails with ENOTDIR at a symbolic link, too.
        -FilesAt.NotDirectory or -FilesAt.SymbolicLink =>
            new RestoreException($"{path}: a symbolic link or a file stands where a directory should be"),
        _ => RestoreException.Of(path.ToString(), error),
    };

    private int Walk(ReadOnlySpan<byte> parent, IfMissing ifMissing, out int directory)
    {
        directory = _last;
        if (parent.SequenceEqual(_lastPath))
        {
            return 0;
        }

        int current = _root;
        ReadOnlySpan<byte> rest = parent;
        while (!rest.IsEmpty)
        {
            int slash = rest.IndexOf((byte)'/');
            byte[] name = FilesAt.Name(slash < 0 ? rest : rest[..slash]);
            rest = slash < 0 ? [] : rest[(slash + 1)..];
            int next = FilesAt.OpenPlace(current, name, FinalLink.Keep);
            if (next == -FilesAt.NotFound && ifMissing == IfMissing.Create
                && FilesAt.MakeDirectory(current, name, 0x1ff) is 0 or -FilesAt.Exists)
            {
                next = FilesAt.OpenPlace(current, name, FinalLink.Keep);
            }

            if (current != _root)
            {
                FilesAt.Close(current);
            }

            if (next < 0)
            {
                directory = -1;
                return next;
            }

            current = next;
        }

        Forget();
        (_last, _lastPath, directory) = (current, parent.ToArray(), current);
        return 0;
    }
}

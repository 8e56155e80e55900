using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Store;
using Fptrace.Model;
using Fptrace.Posix;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Restoring;

/// <summary>The tree below one directory, reached by a walk that no symbolic link and no <c>..</c> leads
/// astray.</summary>
/// <remarks>
/// Every directory on the way is opened by its name relative to the one before, with O_NOFOLLOW: what was checked is
/// what is used, and a link that somebody plants meanwhile is refused, not followed. openat2 with RESOLVE_BENEATH would
/// do the same in one call since Linux 5.6, but the walk works on all kernels and in sandboxes that deny new calls, and
/// the last directory is remembered. Used by one thread.
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

    /// <exception cref="RestoreException">It is no directory, or cannot be opened.</exception>
    public static RootDirectory Open(ByteString path)
    {
        int root = FilesAt.OpenPlace(FilesAt.WorkingDirectory, FilesAt.Name(path.Span), FinalLink.Follow);
        return root >= 0 ? new RootDirectory(root) : throw RestoreException.Of(path.ToString(), root);
    }

    /// <summary>The directory in which the last component of a path stands.</summary>
    /// <param name="path">One in which <see cref="SafePath.Fault"/> finds no fault.</param>
    /// <param name="directory">Valid until the next call.</param>
    /// <returns>0, or −errno: of a directory that is missing, or of a component that is a link or a file.</returns>
    public int FindParent(ByteString path, out int directory)
    {
        ReadOnlySpan<byte> parent = SafePath.Parent(path.Span);
        return Walk(parent, IfMissing.Fail, out directory);
    }

    /// <summary>The same, and directories that are missing on the way are made, with the mode that the umask
    /// leaves.</summary>
    public int MakeParent(ByteString path, out int directory)
    {
        ReadOnlySpan<byte> parent = SafePath.Parent(path.Span);
        return Walk(parent, IfMissing.Create, out directory);
    }

    /// <returns>What stands there; a link is not followed. Nothing if a directory on the way is missing.</returns>
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

    /// <summary>As <see cref="ExtraAttributes"/> tells, of what stands there.</summary>
    public string Attributes(ByteString path) => FindParent(path, out int directory) == 0
        ? ExtraAttributes.Of(directory, LastName(path))
        : "";

    /// <summary>A regular file for reading.</summary>
    /// <exception cref="RestoreException">It is none, or cannot be read.</exception>
    public SafeFileHandle OpenRead(ByteString path)
    {
        int error = FindParent(path, out int directory);
        int descriptor = error < 0 ? error : FilesAt.OpenRead(directory, LastName(path));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Refusal(path, descriptor);
    }

    /// <summary>The target of a symbolic link.</summary>
    /// <exception cref="RestoreException">There is none.</exception>
    public ByteString ReadLink(ByteString path)
    {
        byte[] target = new byte[4096];
        int length = FindParent(path, out int directory);
        length = length < 0 ? length : FilesAt.ReadLink(directory, LastName(path), target);
        return length >= 0 ? new ByteString(target.AsSpan(0, length)) : throw Refusal(path, length);
    }

    /// <summary>Forgets the remembered directory: something on its path was replaced.</summary>
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
        // O_PATH | O_NOFOLLOW | O_DIRECTORY says ENOTDIR of a link, too.
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

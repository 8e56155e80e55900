using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>A path of a tracee: its absolute name for the records, and the way on which we reach the same file.</summary>
/// <remarks>A buffer that is used again for every call; <see cref="Name"/> is valid until then.</remarks>
internal sealed class ResolvedPath
{
    private readonly byte[] _name = new byte[16384];
    private readonly byte[] _lookup = new byte[8192];
    private int _length;
    private int _lookupLength;
    private int _tid;
    private int _at;
    private Way _way;
    private bool _trailingSlash;

    private enum Way
    {
        /// <summary>By the name.</summary>
        Name,

        /// <summary>By another absolute path: through /proc for what the tracee calls its own.</summary>
        Absolute,

        /// <summary>Below the tracee's root directory.</summary>
        InRoot,

        /// <summary>Below a directory that the call takes for its root directory.</summary>
        InDirectory,

        /// <summary>From the tracee's working directory or descriptor: the absolute name would be too long, or the directory is deleted.</summary>
        Relative,
    }

    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _length);

    /// <summary>The whole buffer, for the one who resolves.</summary>
    public Span<byte> Buffer => _name;

    public int Length { get => _length; set => _length = value; }

    /// <summary>It came from a descriptor whose file has no name any more, or never had one.</summary>
    public bool IsDeleted { get; set; }

    public void Reset(int tid)
    {
        _tid = tid;
        _length = 0;
        _way = Way.Name;
        _trailingSlash = false;
        IsDeleted = false;
    }

    /// <summary>"file/" exists only if it is a directory.</summary>
    public void KeepTrailingSlash() => _trailingSlash = true;

    public void LookUpAt(ReadOnlySpan<byte> path) => SetLookup(Way.Absolute, path);

    public void LookUpInRoot(ReadOnlySpan<byte> path) => SetLookup(Way.InRoot, path);

    /// <param name="at">Descriptor of the tracee, or AT_FDCWD.</param>
    /// <param name="path">What is found there, taking it for the root directory.</param>
    public void LookUpInRoot(int at, ReadOnlySpan<byte> path)
    {
        _at = at;
        SetLookup(Way.InDirectory, path);
    }

    /// <param name="at">Descriptor of the tracee, or AT_FDCWD.</param>
    /// <param name="path">Relative to it.</param>
    public void LookUpFrom(int at, ReadOnlySpan<byte> path)
    {
        _at = at;
        SetLookup(Way.Relative, path);
    }

    /// <summary>What stands there.</summary>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    /// <param name="stamp">default when there is nothing; of "file/" the file, for it is there and its type is the error.</param>
    /// <returns>0, or −errno.</returns>
    public int Stat(bool follow, out FileStamp stamp)
    {
        int result = StatExactly(follow, out stamp);
        if (result == -errno.ENOTDIR && _trailingSlash)
        {
            // The slash followed a link, whatever was asked for.
            _trailingSlash = false;
            StatExactly(follow: true, out stamp);
            _trailingSlash = true;
        }

        return result;
    }

    private int StatExactly(bool follow, out FileStamp stamp)
    {
        int flags = follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW;
        int directory = Open(follow, out ReadOnlySpan<byte> path, ref flags);
        if (directory is < 0 and not fcntl.AT_FDCWD)
        {
            stamp = default;
            return directory;
        }

        int result = FileStamps.Of(directory, path, flags, out stamp);
        Close(directory);
        return result;
    }

    /// <summary>Whose file it is, links followed; null when that cannot be seen.</summary>
    public (uint User, uint Group)? Owner()
    {
        int flags = 0;
        int directory = Open(follow: true, out ReadOnlySpan<byte> path, ref flags);
        if (directory is < 0 and not fcntl.AT_FDCWD)
        {
            return null;
        }

        int result = Files.Stat(directory, path, flags, out statx found);
        Close(directory);
        return result < 0 ? null : ((uint)found.stx_uid, (uint)found.stx_gid);
    }

    /// <summary>faccessat(2), links followed.</summary>
    public int Access(int mode)
    {
        int flags = 0;
        int directory = Open(follow: true, out ReadOnlySpan<byte> path, ref flags);
        if (directory is < 0 and not fcntl.AT_FDCWD)
        {
            return directory;
        }

        // A descriptor has no access check of its own: ask through its link in /proc.
        int result = path.Length > 1
            ? FileRights.Access(directory, path, mode)
            : FileRights.Access(fcntl.AT_FDCWD, ProcPath.OfOwnDescriptor(directory), mode);
        Close(directory);
        return result;
    }

    private static void Close(int directory)
    {
        if (directory >= 0)
        {
            Files.Close(directory);
        }
    }

    private void SetLookup(Way way, ReadOnlySpan<byte> path)
    {
        _way = way;
        _lookupLength = Math.Min(path.Length, _lookup.Length - 2);
        path[.._lookupLength].CopyTo(_lookup);
    }

    /// <returns>The directory to start from, which is to be closed, or AT_FDCWD, or −errno.</returns>
    private int Open(bool follow, out ReadOnlySpan<byte> path, ref int flags)
    {
        switch (_way)
        {
            case Way.InRoot or Way.InDirectory:
                path = [0];
                int root = Files.Open(fcntl.AT_FDCWD, _way == Way.InRoot ? ProcPath.Of(_tid, "root"u8) : Directory(), fcntl.O_PATH);
                if (root < 0)
                {
                    return root;
                }

                int found = Files.OpenInRoot(root, Terminated(_lookup, _lookupLength), follow ? 0 : OpenFlags.OfThisMachine.O_NOFOLLOW);
                Files.Close(root);
                flags |= fcntl.AT_EMPTY_PATH;
                return found;
            case Way.Relative:
                path = Terminated(_lookup, _lookupLength);
                return Files.Open(fcntl.AT_FDCWD, Directory(), fcntl.O_PATH);
            case Way.Absolute:
                path = Terminated(_lookup, _lookupLength);
                return fcntl.AT_FDCWD;
            default:
                path = Terminated(_name, _length);
                return fcntl.AT_FDCWD;
        }
    }

    private ReadOnlySpan<byte> Directory() => _at == fcntl.AT_FDCWD ? ProcPath.Of(_tid, "cwd"u8) : ProcPath.Of(_tid, "fd"u8, _at);

    private ReadOnlySpan<byte> Terminated(byte[] buffer, int length)
    {
        if (_trailingSlash)
        {
            buffer[length++] = (byte)'/';
        }

        buffer[length++] = 0;
        return buffer.AsSpan(0, length);
    }
}

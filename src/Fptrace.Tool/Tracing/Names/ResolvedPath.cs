using Fptrace.Linux.Descriptors;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Linux.Proc;
using Fptrace.Model;
using Fptrace.Tracing.Proc;

namespace Fptrace.Tracing.Names;

/// <summary>A path of a tracee: its absolute name for the trace, and a way for us to reach the same file.</summary>
/// <remarks>It is used again for every call, so <see cref="Name"/> is valid until the next call.</remarks>
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
    private int? _kept;
    private FileStamp _keptStamp;

    private enum Way
    {
        /// <summary>By the absolute name.</summary>
        Name,

        /// <summary>By another absolute path: through /proc, for files that are the tracee's own there.</summary>
        Absolute,

        /// <summary>Below the tracee's root directory.</summary>
        InRoot,

        /// <summary>Below a directory that the call takes for the root directory (RESOLVE_IN_ROOT).</summary>
        InDirectory,

        /// <summary>
        /// From the tracee's working directory or descriptor, where the absolute name would be too long, or is deleted.
        /// </summary>
        Relative,
    }

    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _length);

    /// <summary>The whole buffer of the name, for <see cref="PathResolver"/> to fill.</summary>
    public Span<byte> Buffer => _name;

    public int Length { get => _length; set => _length = value; }

    /// <summary>
    /// Whether the path came from a descriptor of a file that has no name any more, or never had one.
    /// </summary>
    public bool IsDeleted { get; set; }

    public void Reset(int tid)
    {
        _tid = tid;
        _length = 0;
        _way = Way.Name;
        _trailingSlash = false;
        _kept = null;
        IsDeleted = false;
    }

    /// <summary>Keeps the slash at the end for lookups: "file/" exists only if it is a directory.</summary>
    public void KeepTrailingSlash() => _trailingSlash = true;

    public void LookUpAt(ReadOnlySpan<byte> path) => SetLookup(Way.Absolute, path);

    public void LookUpInRoot(ReadOnlySpan<byte> path) => SetLookup(Way.InRoot, path);

    /// <param name="at">Descriptor of the tracee, or AT_FDCWD.</param>
    /// <param name="path">A path for which that directory is the root directory.</param>
    public void LookUpInRoot(int at, ReadOnlySpan<byte> path)
    {
        _at = at;
        SetLookup(Way.InDirectory, path);
    }

    /// <param name="at">Descriptor of the tracee, or AT_FDCWD.</param>
    /// <param name="path">A path relative to it.</param>
    public void LookUpFrom(int at, ReadOnlySpan<byte> path)
    {
        _at = at;
        SetLookup(Way.Relative, path);
    }

    /// <summary>Whether certainly no symbolic link is at the path.</summary>
    /// <remarks>What was found there is kept for the next <see cref="Stat"/>, which need not look again.</remarks>
    public bool IsNoLink()
    {
        if (_way != Way.Name || _trailingSlash)
        {
            return false;
        }

        int result = StatExactly(FinalLink.Keep, out _keptStamp);
        if (_keptStamp is { Exists: true, Type: FileType.Symlink })
        {
            return false;
        }

        _kept = result;
        return true;
    }

    /// <summary>Looks up what exists at the path.</summary>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    /// <param name="stamp">default when nothing exists. For "file/" that of the file, although the result is
    /// ENOTDIR.</param>
    /// <returns>0, or −errno.</returns>
    public int Stat(FinalLink follow, out FileStamp stamp)
    {
        if (_kept is { } kept)
        {
            _kept = null;
            stamp = _keptStamp;
            return kept;
        }

        int result = StatExactly(follow, out stamp);
        if (result == -errno.ENOTDIR && _trailingSlash)
        {
            // A slash at the end makes the kernel follow a link, even with AT_SYMLINK_NOFOLLOW.
            _trailingSlash = false;
            StatExactly(FinalLink.Follow, out stamp);
            _trailingSlash = true;
        }

        return result;
    }

    private int StatExactly(FinalLink follow, out FileStamp stamp)
    {
        int flags = follow == FinalLink.Follow ? 0 : fcntl.AT_SYMLINK_NOFOLLOW;
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

    /// <summary>Opens the file itself (O_PATH).</summary>
    /// <returns>A descriptor, which the caller closes; or −errno.</returns>
    public int OpenItself(FinalLink follow)
    {
        int flags = 0;
        int directory = Open(follow, out ReadOnlySpan<byte> path, ref flags);
        if (directory is (< 0 and not fcntl.AT_FDCWD) || path.Length <= 1)
        {
            return directory;
        }

        int file = FilesAt.Open(directory, path, fcntl.O_PATH | (follow == FinalLink.Follow ? 0 : fcntl.O_NOFOLLOW));
        Close(directory);
        return file;
    }

    /// <summary>The user and group of the file, links followed; null when they cannot be seen.</summary>
    public (uint User, uint Group)? Owner()
    {
        int flags = 0;
        int directory = Open(FinalLink.Follow, out ReadOnlySpan<byte> path, ref flags);
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
        int directory = Open(FinalLink.Follow, out ReadOnlySpan<byte> path, ref flags);
        if (directory is < 0 and not fcntl.AT_FDCWD)
        {
            return directory;
        }

        // access(2) takes no bare descriptor. Its link in /proc leads to the same file.
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
        _kept = null;
        _lookupLength = Math.Min(path.Length, _lookup.Length - 2);
        path[.._lookupLength].CopyTo(_lookup);
    }

    /// <summary>Opens the directory to start from.</summary>
    /// <returns>A descriptor, which the caller closes; or AT_FDCWD; or −errno.</returns>
    private int Open(FinalLink follow, out ReadOnlySpan<byte> path, ref int flags)
    {
        switch (_way)
        {
            case Way.InRoot or Way.InDirectory:
                path = [0];
                int root = Files.Open(fcntl.AT_FDCWD, _way == Way.InRoot ? ProcPath.Of(_tid, "root"u8) : Directory(),
                    fcntl.O_PATH);
                if (root < 0)
                {
                    return root;
                }

                int found = Files.OpenInRoot(root, Terminated(_lookup, _lookupLength),
                    follow == FinalLink.Follow ? 0 : OpenFlags.OfThisMachine.O_NOFOLLOW);
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

    private ReadOnlySpan<byte> Directory() => _at == fcntl.AT_FDCWD
        ? ProcPath.Of(_tid, "cwd"u8)
        : ProcPath.Of(_tid, "fd"u8, _at);

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

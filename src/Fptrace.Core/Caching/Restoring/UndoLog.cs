using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Manifests.Recording;
using Fptrace.Model;
using Fptrace.Posix;
using Fptrace.Steps;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Caching.Restoring;

/// <summary>
/// Saves what a run changes and deletes, and puts it back, so that another run starts from the same state.
/// </summary>
/// <remarks>
/// Content, mode, owner and modification time are restored; extended attributes are not. The copies are kept in
/// <c>.fptrace</c> below the root. If the process is killed, the next restoration removes them. Devices and files with
/// several names (hard links) cannot be restored: <see cref="TryPutBack"/> then reports a fault before it changes
/// anything.
/// </remarks>
public sealed class UndoLog : IUndoLog, IDisposable
{
    private readonly ByteString _path;
    private readonly RootDirectory _root;
    private readonly StagingArea _area;
    private readonly List<SavedEntry> _saved = [];
    private readonly byte[] _target = new byte[StoredPath.LongestPath];
    private string? _fault;
    private bool _canClone = true;

    private UndoLog(ByteString path, RootDirectory root)
    {
        _path = path;
        _root = root;
        _area = StagingArea.Make(root);
    }

    /// <param name="root">The root of the step.</param>
    /// <exception cref="CacheException">No copies can be kept there.</exception>
    public static UndoLog Begin(ByteString root)
    {
        try
        {
            var directory = RootDirectory.Open(root);
            try
            {
                return new UndoLog(root, directory);
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }
        catch (RestoreException e)
        {
            throw new CacheException($"copies of what the command changes cannot be kept: {e.Message}");
        }
    }

    public void Save(ByteString path)
    {
        byte[] name = FilesAt.Name(path.Span);
        FileLook look = FileLook.At(FilesAt.WorkingDirectory, name, FinalLink.Keep);
        switch (look.Type)
        {
            case FileType.Regular when look.Links > 1:
                // Writing the content back would change all names; replacing the file would break the link.
                _fault ??= $"{Shown(path)} has other names (hard links)";
                break;
            case FileType.Regular:
                byte[] copy = StagingArea.Name(_saved.Count);
                _fault ??= Copy(FilesAt.WorkingDirectory, name, _area.Descriptor, copy) is string fault
                    ? $"{Shown(path)} cannot be kept: {fault}"
                    : null;
                _saved.Add(new SavedEntry(path, look, default, copy));
                break;
            case FileType.Symlink:
                int length = FilesAt.ReadLink(FilesAt.WorkingDirectory, name, _target);
                _saved.Add(new SavedEntry(path, look, new ByteString(_target.AsSpan(0, Math.Max(length, 0))), []));
                break;
            case FileType.Directory:
                _saved.Add(new SavedEntry(path, look, default, []));
                break;
            case FileType.None:
                break;
            default:
                _fault ??= $"{Shown(path)} is no file, link or directory";
                break;
        }
    }

    /// <summary>Removes what the run made, and puts back what it changed and deleted.</summary>
    /// <param name="manifest">The manifest of the run that has just ended.</param>
    /// <returns>Null when everything is as before; otherwise the reason, in one line.</returns>
    public string? TryPutBack(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (_fault is not null)
        {
            return _fault;
        }

        Remove(manifest);
        foreach (SavedEntry entry in _saved.OrderBy(entry => entry.Path))
        {
            byte[] name = FilesAt.Name(entry.Path.Span);
            FileLook now = FileLook.At(FilesAt.WorkingDirectory, name, FinalLink.Keep);
            bool isSame = now.Type == entry.Look.Type && now.Mode == entry.Look.Mode && now.Size == entry.Look.Size
                && now.Times == entry.Look.Times;
            if (!isSame && PutBack(entry, name, now) is int error and < 0)
            {
                return $"{Shown(entry.Path)} cannot be put back: {FilesAt.Describe(error)}";
            }
        }

        return null;
    }

    public void Dispose()
    {
        _area.Dispose();
        _root.Dispose();
    }

    /// <summary>
    /// Removes the outputs, and the directories that the run made if they are empty. Keeps what the run only found.
    /// </summary>
    private void Remove(Manifest manifest)
    {
        HashSet<ByteString> kept =
            [.. _saved.Where(entry => entry.Look.Type == FileType.Directory).Select(entry => entry.Path)];
        HashSet<ByteString> found = KeptOutputs.In(manifest);
        foreach (StepOutput output in manifest.Outputs.OrderByDescending(output => output.Path)
            .Where(output => !found.Contains(output.Path)))
        {
            ByteString path = StoredPath.Expand(output.Path, manifest.Step.Root);
            if (output.State.Type != FileType.Directory)
            {
                _ = FilesAt.Unlink(FilesAt.WorkingDirectory, FilesAt.Name(path.Span));
            }
            else if (!kept.Contains(path))
            {
                _ = FilesAt.RemoveDirectory(FilesAt.WorkingDirectory, FilesAt.Name(path.Span));
            }
        }
    }

    /// <returns>0, or −errno.</returns>
    private int PutBack(SavedEntry entry, byte[] name, in FileLook now)
    {
        FileLook before = entry.Look;
        if (now.Exists && !(before.Type == FileType.Directory && now.Type == FileType.Directory))
        {
            int removed = now.Type == FileType.Directory
                ? FilesAt.RemoveDirectory(FilesAt.WorkingDirectory, name)
                : FilesAt.Unlink(FilesAt.WorkingDirectory, name);
            if (removed < 0)
            {
                return removed;
            }
        }

        int result = before.Type switch
        {
            FileType.Directory when now.Type == FileType.Directory => 0,
            FileType.Directory => FilesAt.MakeDirectory(FilesAt.WorkingDirectory, name, before.Mode),
            FileType.Symlink => FilesAt.MakeLink(FilesAt.Name(entry.Target.Span), FilesAt.WorkingDirectory, name),
            _ => Move(entry.Copy, name),
        };
        if (result < 0)
        {
            return result;
        }

        // Set the owner before the mode, because chown(2) clears set-user-ID. It fails without privileges: the file
        // then belongs to this user.
        _ = FilesAt.SetOwner(FilesAt.WorkingDirectory, name, before.User, before.Group);
        result = before.Type == FileType.Symlink ? 0 : FilesAt.SetModeOf(FilesAt.WorkingDirectory, name, before.Mode);
        return result < 0 ? result : FilesAt.SetTimes(FilesAt.WorkingDirectory, name, before.Times.ModifiedNs);
    }

    private int Move(byte[] copy, byte[] name)
    {
        int moved = FilesAt.Rename(_area.Descriptor, copy, FilesAt.WorkingDirectory, name);

        // An output may be on another file system than the root.
        return moved == -FilesAt.CrossDevice
            ? (Copy(_area.Descriptor, copy, FilesAt.WorkingDirectory, name) is null ? 0 : -FilesAt.InputOutput)
            : moved;
    }

    private string Shown(ByteString path) => Words.Of(StoredPath.Shorten(path, _path));

    /// <returns>Null, or what failed, in words.</returns>
    private string? Copy(int fromDirectory, byte[] from, int toDirectory, byte[] to)
    {
        int source = FilesAt.OpenRead(fromDirectory, from, FinalLink.Keep);
        if (source < 0)
        {
            return FilesAt.Describe(source);
        }

        using var reader = new SafeFileHandle(source, ownsHandle: true);
        int target = FilesAt.Create(toDirectory, to, 0x180);
        if (target < 0)
        {
            return FilesAt.Describe(target);
        }

        using var writer = new SafeFileHandle(target, ownsHandle: true);
        using var hash = BlobHash.Checksums();
        try
        {
            BlobCopy.Copy(reader, writer, hash, ref _canClone);
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }
}

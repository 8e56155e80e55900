using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Store;
using Fptrace.Manifests;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Restoring;

/// <summary>
/// A directory below the root, in which files stand until all of them are good and can be renamed into place.
/// </summary>
/// <remarks>
/// Its name is <c>.fptrace/restore.PID.N.RANDOM</c>. It is locked while it is in use. A killed process drops its lock,
/// so the next restoration recognises the directory as stale and removes it. Files opened with O_TMPFILE would leave
/// nothing behind, but each needs a descriptor until it is in place, and their number is often limited to 1,024.
/// </remarks>
internal sealed class StagingArea : IDisposable
{
    private const string Folder = ".fptrace";
    private static int _areas;
    private readonly byte[] _name;
    private readonly StoreLock _lock;
    private readonly int _parent;

    private StagingArea(int parent, byte[] name, int descriptor, StoreLock taken)
    {
        _parent = parent;
        _name = name;
        _lock = taken;
        Descriptor = descriptor;
    }

    public int Descriptor { get; }

    private static ReadOnlySpan<byte> Prefix => "restore."u8;

    /// <exception cref="RestoreException">The directory cannot be created.</exception>
    public static StagingArea Make(RootDirectory root)
    {
        var inside = new ByteString(Encoding.ASCII.GetBytes($"{Folder}/restore"));
        int error = root.MakeParent(inside, out int place);
        int parent = error < 0 ? error : FilesAt.OpenDirectory(place, Name("."), FinalLink.Keep);
        if (parent < 0)
        {
            throw RootDirectory.Refusal(inside, parent);
        }

        // The directory may already hold this file: manifests are saved here, too. Nothing of it belongs into a
        // repository.
        _ = StoreFile.Create(parent, Name(".gitignore"), "*\n"u8, 0x1b6);
        try
        {
            RemoveStale(parent);
            for (int attempt = 0; attempt < 10; attempt++)
            {
                if (TryMake(parent) is { } area)
                {
                    return area;
                }
            }
        }
        catch
        {
            FilesAt.Close(parent);
            throw;
        }

        FilesAt.Close(parent);
        throw new RestoreException($"{Folder}: no directory can be made in it");
    }

    /// <summary>The name of a file in the staging area, with a NUL.</summary>
    public static byte[] Name(int index) => Name(index.ToString(CultureInfo.InvariantCulture));

    /// <summary>The name of a directory in the staging area, without a NUL.</summary>
    public static byte[] DirectoryName(int index) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"d{index}"));

    /// <summary>The name of a file that is copied beside its place, with a NUL.</summary>
    public static byte[] TemporaryBeside(int index) =>
        Name(string.Create(CultureInfo.InvariantCulture, $".fptrace-{Environment.ProcessId}.{index}.tmp"));

    public void Dispose()
    {
        Empty(Descriptor);
        FilesAt.Close(Descriptor);
        _ = FilesAt.RemoveDirectory(_parent, _name);
        FilesAt.Close(_parent);
        _lock.Dispose();
    }

    /// <returns>Null when another process removed the directory as stale before it was locked.</returns>
    private static StagingArea? TryMake(int parent)
    {
        byte[] name = Name(string.Create(
            CultureInfo.InvariantCulture,
            $"restore.{Environment.ProcessId}.{Interlocked.Increment(ref _areas)}.{Random.Shared.Next():x}"));
        int error = FilesAt.MakeDirectory(parent, name, 0x1c0);
        int descriptor = error < 0 ? error : FilesAt.OpenDirectory(parent, name, FinalLink.Keep);
        if (descriptor is -FilesAt.NotFound or -FilesAt.Exists)
        {
            return null;
        }

        if (descriptor < 0)
        {
            throw RestoreException.Of(Folder, descriptor);
        }

        StoreLock? taken = StoreLock.Take(FilesAt.OpenDirectory(descriptor, Name("."), FinalLink.Keep),
            LockKind.Exclusive, TimeSpan.Zero, CancellationToken.None);
        if (taken is null || !FileLook.At(parent, name, FinalLink.Keep).Exists)
        {
            taken?.Dispose();
            FilesAt.Close(descriptor);
            return null;
        }

        return new StagingArea(parent, name, descriptor, taken);
    }

    private static void RemoveStale(int parent)
    {
        foreach (ByteString name in DirectoryNames.Of(parent).Where(name => name.Span.StartsWith(Prefix)))
        {
            int descriptor = FilesAt.OpenDirectory(parent, FilesAt.Name(name.Span), FinalLink.Keep);
            if (descriptor < 0)
            {
                continue;
            }

            using StoreLock? taken = StoreLock.Take(FilesAt.OpenDirectory(descriptor, Name("."), FinalLink.Keep),
                LockKind.Exclusive, TimeSpan.Zero, CancellationToken.None);
            if (taken is not null)
            {
                Empty(descriptor);
                _ = FilesAt.RemoveDirectory(parent, FilesAt.Name(name.Span));
            }

            FilesAt.Close(descriptor);
        }
    }

    private static void Empty(int directory)
    {
        foreach (ByteString name in DirectoryNames.Of(directory))
        {
            byte[] entry = FilesAt.Name(name.Span);
            if (FilesAt.Unlink(directory, entry) is not (-FilesAt.IsDirectory or -FilesAt.NotPermitted))
            {
                continue;
            }

            int inner = FilesAt.OpenDirectory(directory, entry, FinalLink.Keep);
            if (inner >= 0)
            {
                Empty(inner);
                FilesAt.Close(inner);
                _ = FilesAt.RemoveDirectory(directory, entry);
            }
        }
    }

    private static byte[] Name(string name) => FilesAt.Name(Encoding.UTF8.GetBytes(name));
}

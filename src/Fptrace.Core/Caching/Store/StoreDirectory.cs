using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>The directory of a store. Everything in it is reached through its descriptor.</summary>
/// <remarks>
/// <code>
/// fptrace-cache      marks the directory for stores of fptrace; one with other files and no mark is never changed
/// v2/fptrace-cache   the version of the layout; stores of other versions stand beside v2 and belong to them
/// v2/cas/ab/abcd...  blobs
/// v2/ac/ab/abcd...   entries
/// v2/tmp/            files that are being written
/// v2/lock            locked shared to read or store, exclusive to collect garbage
/// v2/usage           counters, changed under the lock usage.lock
/// </code>
/// Version 1 has no directory for its version and keeps all of this at the top. A new directory receives there what
/// version 1 looks for, so both versions can use it. Nothing is synced to disk: an entry is checked by its checksum and
/// a blob by its name, so a file that a power failure cut short counts as missing. Each file is renamed into place when
/// it is whole, so a killed process leaves nothing behind but files in tmp/.
/// </remarks>
internal sealed partial class StoreDirectory : IDisposable
{
    private const string Mark = "fptrace-cache";
    private const uint Private = 0x1c0; // 0700
    private static int _temporaries;

    private StoreDirectory(string path, int descriptor)
    {
        Path = path;
        Descriptor = descriptor;
    }

    /// <summary>As the user gave it, for messages.</summary>
    public string Path { get; }

    public int Descriptor { get; }

    /// <summary>
    /// A line that the user should see once: the directory holds results of another version, which this one does not
    /// use. Null when there is none.
    /// </summary>
    public string? Notice { get; private init; }

    /// <summary><c>cas/ab/abcd...</c>, with a NUL.</summary>
    public static byte[] NameOf(CacheSpace space, ContentDigest key)
    {
        string digest = key.ToString();
        return Name($"{FolderOf(space)}/{digest.AsSpan(0, 2)}/{digest}");
    }

    public static string FolderOf(CacheSpace space) => space == CacheSpace.Content ? "cas" : "ac";

    public static byte[] Name(string name) => FilesAt.Name(Encoding.UTF8.GetBytes(name));

    /// <summary>A name in tmp/ that no other process or thread uses, with a NUL.</summary>
    public static byte[] NewTemporary() => Name(string.Create(
        CultureInfo.InvariantCulture,
        $"tmp/{Environment.ProcessId}.{Interlocked.Increment(ref _temporaries)}.{Random.Shared.NextInt64():x}"));

    /// <summary>
    /// Renames a temporary file into place, and creates the folder if needed. Removes the file on failure.
    /// </summary>
    /// <returns>0 or −errno.</returns>
    public int Publish(byte[] temporary, CacheSpace space, ContentDigest key)
    {
        byte[] name = NameOf(space, key);
        int result = FilesAt.Rename(Descriptor, temporary, Descriptor, name);
        if (result == -FilesAt.NotFound)
        {
            string digest = key.ToString();
            _ = FilesAt.MakeDirectory(Descriptor, Name(FolderOf(space)), Private);
            _ = FilesAt.MakeDirectory(Descriptor, Name($"{FolderOf(space)}/{digest.AsSpan(0, 2)}"), Private);
            result = FilesAt.Rename(Descriptor, temporary, Descriptor, name);
        }

        if (result < 0)
        {
            _ = FilesAt.Unlink(Descriptor, temporary);
        }

        return result;
    }

    /// <summary>The names in a folder of the store, sorted. Empty if the folder cannot be opened.</summary>
    public IReadOnlyList<string> List(string folder)
    {
        int descriptor = FilesAt.OpenDirectory(Descriptor, Name(folder), FinalLink.Keep);
        if (descriptor < 0)
        {
            return [];
        }

        IReadOnlyList<string> names = [.. DirectoryNames.Of(descriptor).Select(name => name.ToString())];
        FilesAt.Close(descriptor);
        return names;
    }

    /// <summary>Takes a lock of the store.</summary>
    /// <returns>Null when the lock could not be taken in time.</returns>
    /// <remarks>
    /// In a read-only store the lock file cannot be created. Nobody can remove anything there either, so a shared lock
    /// is taken on the directory in its place.
    /// </remarks>
    public StoreLock? Lock(string name, LockKind kind, TimeSpan patience, CancellationToken cancellation)
    {
        byte[] file = Name(name);
        int descriptor = FilesAt.OpenRead(Descriptor, file, FinalLink.Keep);
        if (descriptor == -FilesAt.NotFound)
        {
            int made = FilesAt.Create(Descriptor, file, 0x180);
            FilesAt.Close(made);
            descriptor = made is -FilesAt.ReadOnly or -FilesAt.Denied && kind == LockKind.Shared
                ? FilesAt.OpenDirectory(Descriptor, Name("."), FinalLink.Keep)
                : FilesAt.OpenRead(Descriptor, file, FinalLink.Keep);
        }

        return descriptor < 0 ? null : StoreLock.Take(descriptor, kind, patience, cancellation);
    }

    public void Dispose() => FilesAt.Close(Descriptor);

    /// <summary>Writes a file whole or not at all, and replaces an existing one.</summary>
    /// <exception cref="CacheException">The file cannot be written.</exception>
    public void WriteFile(string name, string text)
    {
        byte[] temporary = NewTemporary();
        int result = StoreFile.Create(Descriptor, temporary, Encoding.UTF8.GetBytes(text), 0x180);
        result = result < 0 ? result : FilesAt.Rename(Descriptor, temporary, Descriptor, Name(name));
        if (result < 0)
        {
            throw Unusable(Path, result);
        }
    }
}

using System.Globalization;
using System.Text;
using Fptrace.Linux.FileSystem;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Caching.Store;

/// <summary>The directory of a store: made, recognised, and trusted or not. Everything in it is reached through its
/// descriptor.</summary>
/// <remarks>
/// <code>
/// fptrace-cache      says that the directory is for stores of fptrace; a directory that holds files and lacks it is
///                    never written to or cleared
/// v2/fptrace-cache   the version of this store's layout; what other versions keep stands beside v2, and is theirs
/// v2/cas/ab/abcd...  blobs          v2/ac/ab/abcd...  entries          v2/tmp/  files that are being written
/// v2/lock            shared by whoever reads or stores, alone by whoever collects garbage
/// v2/usage           counters, changed under the lock usage.lock
/// </code>
/// The first version knew no directories of versions and kept all of this at the top, where a new directory gets what
/// it looks for: both versions work in one. Nothing is synced to disk: an entry carries its checksum and a blob its
/// name, so what a power failure leaves half-written is a miss. A rename puts every file in place whole, so a killed
/// process leaves nothing but files in tmp/.
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

    /// <summary>What the user should know, once: another version has filled this directory, and this one begins beside
    /// it. Null: nothing.</summary>
    public string? Notice { get; private init; }

    /// <summary><c>cas/ab/abcd...</c>, with a NUL.</summary>
    public static byte[] NameOf(CacheSpace space, ContentDigest key)
    {
        string digest = key.ToString();
        return Name($"{FolderOf(space)}/{digest.AsSpan(0, 2)}/{digest}");
    }

    public static string FolderOf(CacheSpace space) => space == CacheSpace.Content ? "cas" : "ac";

    public static byte[] Name(string name) => FilesAt.Name(Encoding.UTF8.GetBytes(name));

    /// <summary>A name in tmp/ that no other process and no other thread uses, with a NUL.</summary>
    public static byte[] NewTemporary() => Name(string.Create(
        CultureInfo.InvariantCulture,
        $"tmp/{Environment.ProcessId}.{Interlocked.Increment(ref _temporaries)}.{Random.Shared.NextInt64():x}"));

    /// <summary>Puts a temporary in its place, making the folder if it is the first in it. On failure the temporary is
    /// gone.</summary>
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

    /// <summary>Names in a folder of the store, sorted.</summary>
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

    /// <summary>The lock under which the store is used.</summary>
    /// <returns>Null when it could not be had in time. In a store that cannot be written to, nobody removes anything,
    /// and one that is shared is free for all.</returns>
    public StoreLock? Lock(string name, LockKind kind, TimeSpan patience, CancellationToken cancellation)
    {
        byte[] file = Name(name);
        int descriptor = FilesAt.OpenRead(Descriptor, file);
        if (descriptor == -FilesAt.NotFound)
        {
            int made = FilesAt.Create(Descriptor, file, 0x180);
            FilesAt.Close(made);
            descriptor = made is -FilesAt.ReadOnly or -FilesAt.Denied && kind == LockKind.Shared
                ? FilesAt.OpenDirectory(Descriptor, Name("."), FinalLink.Keep)
                : FilesAt.OpenRead(Descriptor, file);
        }

        return descriptor < 0 ? null : StoreLock.Take(descriptor, kind, patience, cancellation);
    }

    public void Dispose() => FilesAt.Close(Descriptor);

    /// <summary>Whole or not at all, replacing what is there.</summary>
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

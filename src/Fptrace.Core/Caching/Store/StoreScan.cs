using Fptrace.Linux.FileSystem;
using Fptrace.Caching.Keys;
using Fptrace.Model;
using Fptrace.Posix;

namespace Fptrace.Caching.Store;

/// <summary>The files in one half of a store, sorted by name.</summary>
/// <param name="Files">Blobs or entries.</param>
/// <param name="Foreign">Paths in the store that fptrace did not make.</param>
internal sealed record StoreScan(IReadOnlyList<StoredFile> Files, IReadOnlyList<string> Foreign)
{
    public long Bytes => Files.Sum(file => file.Size);

    public static StoreScan Of(StoreDirectory directory, CacheSpace space)
    {
        var files = new List<StoredFile>();
        var foreign = new List<string>();
        string top = StoreDirectory.FolderOf(space);
        foreach (string folder in directory.List(top))
        {
            foreach (string name in directory.List($"{top}/{folder}"))
            {
                string path = $"{top}/{folder}/{name}";
                FileLook look = FileLook.At(directory.Descriptor, StoreDirectory.Name(path), FinalLink.Keep);
                if (look.Type == FileType.Regular
                    && folder.Length == 2
                    && name.StartsWith(folder, StringComparison.Ordinal)
                    && Sha256.TryParse(name, out ContentDigest key))
                {
                    files.Add(new StoredFile(key, look.Size, look.Times.ModifiedNs));
                }
                else if (look.Exists)
                {
                    foreign.Add(path);
                }
            }
        }

        return new StoreScan(files, foreign);
    }

    /// <summary>The blobs that an entry needs.</summary>
    /// <exception cref="InvalidDataException">The entry is damaged.</exception>
    public static IReadOnlyList<BlobReference> References(ReadOnlySpan<byte> entry) => EntryReader.Heading(entry) switch
    {
        ResultEntry.Heading => ResultEntry.Parse(entry).References,
        PathSetList.Heading => PathSetList.Parse(entry).References,
        var other => throw new InvalidDataException($"is of an unknown kind, '{other}'"),
    };
}

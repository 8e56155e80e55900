using System.Collections;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>The observations or outputs of a manifest with an index: rows, which become objects on demand.</summary>
/// <param name="index">The whole index.</param>
/// <param name="rows">The offset of the rows in it.</param>
/// <param name="count">The number of rows.</param>
/// <param name="text">The offset of the text that the rows point into.</param>
internal abstract class StoredEntries<T>(byte[] index, int rows, int count, int text) : IReadOnlyList<T>
{
    private const int FewEntries = 1024;
    private const int Block = 256;
    private T[]? _all;

    public int Count => count;

    public T this[int index] => All()[index];

    public StoredEntry Entry(int number) =>
        StoredEntry.Read(index.AsSpan(rows + (number * StoredEntry.RowLength), StoredEntry.RowLength));

    /// <summary>The path of an entry, in its stored form.</summary>
    public ReadOnlySpan<byte> Path(in StoredEntry entry) => index.AsSpan(text + entry.Start, entry.PathLength);

    /// <summary>The bytes after the path.</summary>
    public ReadOnlySpan<byte> Rest(in StoredEntry entry) =>
        index.AsSpan(text + entry.Start + entry.PathLength, entry.Length);

    /// <summary>Makes an object from one entry. The object is not stored here.</summary>
    public T Make(int number) => _all is { } all ? all[number] : Read(Entry(number));

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)All()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Makes an object from its line of JSON.</summary>
    protected abstract T Read(ref ManifestJson line);

    /// <summary>Makes an object from a row that holds everything.</summary>
    protected abstract T Read(in StoredEntry entry, ReadOnlySpan<byte> rest);

    private T Read(in StoredEntry entry)
    {
        ReadOnlySpan<byte> rest = Rest(entry);
        if (!entry.IsLine)
        {
            return Read(entry, rest);
        }

        ManifestJson line = ManifestJson.OfLine(rest);
        T read = Read(ref line);
        line.End();
        return read;
    }

    private T[] All()
    {
        if (_all is null)
        {
            // Two threads may do this at the same time. Both make the same objects, so it needs no lock.
            var all = new T[count];
            int blocks = (count + Block - 1) / Block;
            Workers.Run(blocks, count < FewEntries ? 1 : Workers.Count(0, blocks), block =>
            {
                for (int i = block * Block; i < Math.Min((block + 1) * Block, count); i++)
                {
                    all[i] = Read(Entry(i));
                }
            });
            _all = all;
        }

        return _all;
    }
}

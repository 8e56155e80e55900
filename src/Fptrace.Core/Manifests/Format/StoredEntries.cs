using System.Collections;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>The observations or outputs of a manifest that has an index: rows, until somebody wants objects.</summary>
/// <param name="index">All of the index.</param>
/// <param name="rows">Where in it the rows begin.</param>
/// <param name="count">Rows.</param>
/// <param name="text">Where in it the text begins into which rows point.</param>
internal abstract class StoredEntries<T>(byte[] index, int rows, int count, int text) : IReadOnlyList<T>
{
    private const int FewEntries = 1024;
    private const int Block = 256;
    private T[]? _all;

    public int Count => count;

    public T this[int index] => All()[index];

    public StoredEntry Entry(int number) =>
        StoredEntry.Read(index.AsSpan(rows + (number * StoredEntry.RowLength), StoredEntry.RowLength));

    /// <summary>In stored form.</summary>
    public ReadOnlySpan<byte> Path(in StoredEntry entry) => index.AsSpan(text + entry.Start, entry.PathLength);

    /// <summary>What stands behind the path.</summary>
    public ReadOnlySpan<byte> Rest(in StoredEntry entry) =>
        index.AsSpan(text + entry.Start + entry.PathLength, entry.Length);

    /// <summary>One entry as an object, which nobody keeps.</summary>
    public T Make(int number) => _all is { } all ? all[number] : Read(Entry(number));

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)All()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected abstract T Read(in StoredEntry entry);

    private T[] All()
    {
        if (_all is null)
        {
            // Whoever comes at the same time makes the same.
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

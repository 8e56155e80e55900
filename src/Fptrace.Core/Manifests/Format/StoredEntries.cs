using System.Collections;
using Fptrace.Posix;

namespace Fptrace.Manifests.Format;

/// <summary>The observations or outputs of a manifest that was read from a file: the text itself, until somebody wants them as objects.</summary>
internal abstract class StoredEntries<T>(byte[] text, StoredEntry[] entries, int threads) : IReadOnlyList<T>
{
    private const int FewEntries = 1024;
    private const int Row = 256;
    private T[]? _all;

    public int Count => entries.Length;

    public T this[int index] => All()[index];

    public ref readonly StoredEntry Entry(int index) => ref entries[index];

    public ReadOnlySpan<byte> Line(int index) => text.AsSpan(entries[index].Start, entries[index].Length);

    /// <summary>In stored form; of a plain entry only.</summary>
    public ReadOnlySpan<byte> Path(int index) => text.AsSpan(entries[index].Start + EntryLine.Opening.Length, entries[index].PathLength);

    /// <summary>One entry as an object, which nobody keeps.</summary>
    public T Make(int index) => _all is { } all ? all[index] : Read(Line(index));

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)All()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected abstract T Read(ReadOnlySpan<byte> line);

    private T[] All()
    {
        if (_all is null)
        {
            // Whoever comes at the same time makes the same.
            var all = new T[entries.Length];
            int rows = (all.Length + Row - 1) / Row;
            Workers.Run(rows, all.Length < FewEntries ? 1 : Workers.Count(threads, rows), row =>
            {
                for (int i = row * Row; i < Math.Min((row + 1) * Row, all.Length); i++)
                {
                    all[i] = Read(Line(i));
                }
            });
            _all = all;
        }

        return _all;
    }
}

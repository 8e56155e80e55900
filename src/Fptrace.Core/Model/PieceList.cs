using System.Collections;

namespace Fptrace.Model;

/// <summary>Elements in the order in which they were added, of which a long trace has millions.</summary>
/// <remarks>
/// It grows in pieces: a list that doubles its array holds three times its size in memory while it copies, and .NET
/// keeps a large array that nobody needs any more for a long time.
/// </remarks>
public sealed class PieceList<T> : IReadOnlyList<T>
{
    private const int First = 8;
    private const int PieceLength = 1024;

    private readonly List<T[]> _full = [];
    private T[] _last = [];
    private int _used;

    public int Count => (_full.Count * PieceLength) + _used;

    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int piece = index / PieceLength;
            return (piece < _full.Count ? _full[piece] : _last)[index % PieceLength];
        }
    }

    public void Add(T element)
    {
        if (_used == PieceLength)
        {
            _full.Add(_last);
            _last = new T[PieceLength];
            _used = 0;
        }
        else if (_used == _last.Length)
        {
            Array.Resize(ref _last, Math.Max(First, _used * 2));
        }

        _last[_used++] = element;
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using System.Collections;

namespace Fptrace.Model;

/// <summary>A list of byte strings.</summary>
/// <remarks>
/// <c>List&lt;ByteString&gt;</c> would do, but the runtime has no precompiled code for a list of our struct. MSBuild
/// loads Core as ordinary managed code, so the just-in-time compiler would compile that list in each build.
/// </remarks>
public sealed class ByteStringList : IReadOnlyList<ByteString>
{
    private ByteString[] _items;

    public ByteStringList(int capacity = 4) => _items = new ByteString[capacity];

    public int Count { get; private set; }

    public ByteString this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _items[index];
        }
    }

    /// <summary>A list of one.</summary>
    public static ByteStringList Of(ByteString item)
    {
        var list = new ByteStringList(1);
        list.Add(item);
        return list;
    }

    public void Add(ByteString item)
    {
        if (Count == _items.Length)
        {
            var larger = new ByteString[2 * Math.Max(Count, 2)];
            Array.Copy(_items, larger, Count);
            _items = larger;
        }

        _items[Count++] = item;
    }

    public IEnumerator<ByteString> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _items[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using System.Collections;
using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>A list of names in the order in which they were added, each once. A renamed name keeps its place.</summary>
internal sealed class NameList : IEnumerable<ByteString>
{
    /// <summary>The names in order. A removed name becomes empty, so that the places of others stay valid.</summary>
    private readonly List<ByteString> _names = [];
    private readonly Dictionary<ByteString, int> _places = [];

    public bool Contains(ByteString name) => _places.ContainsKey(name);

    public void Add(ByteString name)
    {
        if (_places.TryAdd(name, _names.Count))
        {
            _names.Add(name);
        }
    }

    /// <summary>Renames a name in the list. If both names are in the list, the earlier place is kept.</summary>
    /// <returns>Whether <paramref name="old"/> was in the list.</returns>
    public bool Rename(ByteString old, ByteString renamed)
    {
        if (!_places.Remove(old, out int place))
        {
            return false;
        }

        _names[place] = default;
        if (_places.TryGetValue(renamed, out int other))
        {
            _names[other] = default;
            place = Math.Min(place, other);
        }

        _names[place] = renamed;
        _places[renamed] = place;
        return true;
    }

    /// <summary>Whether a name lies below <paramref name="directory"/>.</summary>
    public bool ContainsBelow(ByteString directory) => _places.Keys.Any(name => IsBelow(name, directory));

    /// <summary>Moves every name below a directory to below another one.</summary>
    /// <returns>Whether there was one.</returns>
    public bool RenameBelow(ByteString old, ByteString renamed)
    {
        List<ByteString> below = [.. _places.Keys.Where(name => IsBelow(name, old))];
        foreach (ByteString name in below)
        {
            Rename(name, Moved(name, old, renamed));
        }

        return below.Count > 0;
    }

    /// <summary>Moves every name below either directory to below the other.</summary>
    public void ExchangeBelow(ByteString one, ByteString other)
    {
        // Take all names out before any is put back: a new name may be the old name of another.
        var moved = new List<(int Place, ByteString Name)>();
        foreach ((ByteString name, int place) in _places.ToArray())
        {
            if (IsBelow(name, one) || IsBelow(name, other))
            {
                _places.Remove(name);
                moved.Add((place, IsBelow(name, one) ? Moved(name, one, other) : Moved(name, other, one)));
            }
        }

        foreach ((int place, ByteString name) in moved)
        {
            _names[place] = name;
            _places[name] = place;
        }
    }

    public IEnumerator<ByteString> GetEnumerator() => _names.Where(name => !name.IsEmpty).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsBelow(ByteString name, ByteString directory) =>
        PathNesting.IsBelow(name.Span, directory.Span);

    private static ByteString Moved(ByteString name, ByteString from, ByteString to) =>
        new([.. to.Span, .. name.Span[from.Length..]]);
}

using System.Collections;

namespace Fptrace.Model;

/// <summary>Accesses in order, stored compactly, since a long trace has millions of them.</summary>
/// <remarks>
/// The list grows in pieces: a list that doubles its array holds three times its size in memory while it copies. It
/// keeps neither <see cref="Access.Before"/> nor how a call asked. A sink that needs these takes them when the access
/// arrives.
/// </remarks>
public sealed class AccessList : IReadOnlyList<Access>
{
    private const int First = 8;
    private const int PieceLength = 1024;

    private readonly List<Kept[]> _full = [];
    private Kept[] _last = [];
    private int _used;

    public int Count => (_full.Count * PieceLength) + _used;

    public Access this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int piece = index / PieceLength;
            Kept[] kept = piece < _full.Count ? _full[piece] : _last;
            return kept[index % PieceLength].ToAccess();
        }
    }

    public void Add(in Access access)
    {
        if (_used == PieceLength)
        {
            _full.Add(_last);
            _last = new Kept[PieceLength];
            _used = 0;
        }
        else if (_used == _last.Length)
        {
            Array.Resize(ref _last, Math.Max(First, _used * 2));
        }

        _last[_used++] = new Kept(access);
    }

    public IEnumerator<Access> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private readonly struct Kept(in Access access)
    {
        private readonly long _order = access.Order;
        private readonly long _timeNs = access.TimeNs;
        private readonly ByteString _path = access.Path;
        private readonly ByteString _counterpart = access.Counterpart;
        private readonly AccessKind _kind = access.Kind;
        private readonly FileType _type = access.Type;
        private readonly bool _truncates = access.Truncates;

        public Access ToAccess() => new(_order, _timeNs, _kind, _path, _counterpart, _type, _truncates, default);
    }
}

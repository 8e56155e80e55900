using System.Collections;

namespace Fptrace.Model;

/// <summary>Accesses in order, stored compactly, since a long trace has millions of them.</summary>
/// <remarks>
/// It keeps neither <see cref="Access.Before"/> nor how a call asked. A sink that needs these takes them when the
/// access arrives.
/// </remarks>
public sealed class AccessList : IReadOnlyList<Access>
{
    private readonly PieceList<Kept> _kept = new();

    public int Count => _kept.Count;

    public Access this[int index] => _kept[index].ToAccess();

    public void Add(in Access access) => _kept.Add(new Kept(access));

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

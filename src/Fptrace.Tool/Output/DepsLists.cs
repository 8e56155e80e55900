using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>The Inputs and Outputs of one execution for deps.json: chronological, each name once.</summary>
/// <remarks>
/// A file that the execution wrote before it read it is no input. If it wrote and then renamed a file, the new name
/// stands in the place of the old one. A directory is listed only if it was renamed and nothing below it was written
/// before.
/// </remarks>
internal sealed class DepsLists
{
    private readonly NameList _inputs = new();
    private readonly NameList _outputs = new();

    private DepsLists()
    {
    }

    public IEnumerable<ByteString> Inputs => _inputs;

    public IEnumerable<ByteString> Outputs => _outputs;

    /// <param name="accesses">The accesses of one execution, in order.</param>
    public static DepsLists Of(IReadOnlyList<Access> accesses)
    {
        var lists = new DepsLists();
        for (int i = 0; i < accesses.Count; i++)
        {
            Access access = accesses[i];
            if (access.Kind is not (AccessKind.RenameFrom or AccessKind.RenameTo))
            {
                lists.Add(access);
            }
            else if (IsExchange(accesses, i))
            {
                lists.Exchange(access.Path, access.Counterpart);
                i += 3;
            }
            else if (access.Kind == AccessKind.RenameFrom)
            {
                lists.Rename(access.Path, access.Counterpart, access.Type);
            }
            else if (i == 0 || !IsPair(accesses[i - 1], access))
            {
                // The other half is missing, because only the first access of a kind to a path is kept, and the old
                // name was renamed once before.
                lists.Rename(access.Counterpart, access.Path, access.Type);
            }
        }

        return lists;
    }

    /// <summary>
    /// Whether a rename is the first half of a RENAME_EXCHANGE, which is recorded as two renames in a row.
    /// </summary>
    /// <remarks>
    /// A rename that is undone at once looks the same. Both names are then listed, which is more than needed but not
    /// wrong.
    /// </remarks>
    private static bool IsExchange(IReadOnlyList<Access> accesses, int i) =>
        i + 3 < accesses.Count
        && IsPair(accesses[i], accesses[i + 1])
        && IsPair(accesses[i + 2], accesses[i + 3])
        && accesses[i].Path == accesses[i + 3].Path
        && accesses[i + 1].Path == accesses[i + 2].Path
        && accesses[i + 3].Order == accesses[i].Order + 3;

    private static bool IsPair(in Access from, in Access to) =>
        from.Kind == AccessKind.RenameFrom
        && to.Kind == AccessKind.RenameTo
        && from.Path == to.Counterpart
        && to.Path == from.Counterpart;

    private void Add(in Access access)
    {
        if (access.Type == FileType.Directory)
        {
            return;
        }

        switch (access.Kind)
        {
            case AccessKind.Read or AccessKind.LinkFrom:
                AddInput(access.Path);
                break;
            case AccessKind.Write or AccessKind.ReadWrite or AccessKind.Create or AccessKind.Attributes
                or AccessKind.LinkTo or AccessKind.Symlink:
                _outputs.Add(access.Path);
                break;
            default:
                // deps.json has the form of the original fptrace, which lists no names that were absent, probed or
                // deleted.
                break;
        }
    }

    private void AddInput(ByteString name)
    {
        if (!_outputs.Contains(name))
        {
            _inputs.Add(name);
        }
    }

    private void Rename(ByteString old, ByteString renamed, FileType type)
    {
        // A directory may be listed after an earlier rename, and may also have outputs below it.
        bool known = _outputs.Rename(old, renamed);
        if (type is FileType.Directory or FileType.None)
        {
            known |= _outputs.RenameBelow(old, renamed);
        }

        if (!known)
        {
            _inputs.Add(old);
            _outputs.Add(renamed);
        }
    }

    private void Exchange(ByteString one, ByteString other)
    {
        bool wroteOne = _outputs.Contains(one) || _outputs.ContainsBelow(one);
        bool wroteOther = _outputs.Contains(other) || _outputs.ContainsBelow(other);
        _outputs.ExchangeBelow(one, other);
        foreach ((ByteString name, bool written) in new[] { (one, wroteOne), (other, wroteOther) })
        {
            if (!written)
            {
                _inputs.Add(name);
            }

            _outputs.Add(name);
        }
    }
}

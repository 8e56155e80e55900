using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>Inputs and Outputs of one execution as deps.json has them: chronological, each name once.</summary>
/// <remarks>
/// A file that the execution wrote before it read it is no input. A file that it wrote and renamed is listed under the
/// new name, in the old place. Directories are listed only when they are renamed with nothing below them written
/// before.
/// </remarks>
internal sealed class DepsLists
{
    private readonly NameList _inputs = new();
    private readonly NameList _outputs = new();

    private DepsLists()
    {
    }

    public IReadOnlyList<ByteString> Inputs { get; private set; } = [];

    public IReadOnlyList<ByteString> Outputs { get; private set; } = [];

    /// <param name="accesses">Of one execution, in order.</param>
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
                // Its other half is missing: the old name had been renamed before, and only first accesses are kept.
                lists.Rename(access.Counterpart, access.Path, access.Type);
            }
        }

        lists.Inputs = lists._inputs.ToList();
        lists.Outputs = lists._outputs.ToList();
        return lists;
    }

    /// <summary>RENAME_EXCHANGE comes as two renames with nothing between them.</summary>
    /// <remarks>So does a rename that is undone at once. Then both names are listed, which is more than needed but not
    /// wrong.</remarks>
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
                // The original knows neither what is absent nor what is asked for or deleted.
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
        // A directory may be listed itself, from a rename before, and have outputs below it.
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

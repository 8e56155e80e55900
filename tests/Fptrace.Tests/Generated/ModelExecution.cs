namespace Fptrace.Generated;

/// <summary>An execution of the model: what of its accesses is known.</summary>
/// <param name="line">The line of the script where its steps begin, which is in its arguments.</param>
internal sealed class ModelExecution(int line)
{
    private readonly Dictionary<string, Dictionary<string, Inode?>> _known = [];

    public int Line { get; } = line;

    /// <summary>Whether one of the kinds was recorded for the name.</summary>
    /// <param name="name">Absolute.</param>
    /// <param name="node">The file whose content is read or written: what was recorded of another under this name does
    /// not count. null: any.</param>
    /// <param name="kinds">The trace's words.</param>
    public bool Knows(string name, Inode? node, params ReadOnlySpan<string> kinds)
    {
        if (_known.TryGetValue(name, out Dictionary<string, Inode?>? known))
        {
            foreach (string kind in kinds)
            {
                if (known.TryGetValue(kind, out Inode? recorded) && (node is null || recorded == node))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public void Learn(string name, Inode? node, string kind)
    {
        if (!_known.TryGetValue(name, out Dictionary<string, Inode?>? known))
        {
            _known[name] = known = [];
        }

        known[kind] = node;
    }

    public void Unlearn(string name, string kind) => _known[name].Remove(kind);

    /// <summary>The name was deleted or renamed.</summary>
    /// <param name="name">Absolute.</param>
    /// <param name="withBelow">And with it all that was reached through it. A directory that is deleted was
    /// empty.</param>
    public void Forget(string name, bool withBelow)
    {
        foreach (string known in _known.Keys.Where(known => known == name
            || (withBelow && known.StartsWith(name + "/", StringComparison.Ordinal))).ToArray())
        {
            _known.Remove(known);
        }
    }
}

namespace Fptrace.Generated;

// The name that a trace gives a path.
internal sealed partial class PathModel
{
    /// <summary>Told of each directory that ".." leads out of, by the name that the path gives it. Null when the trace
    /// does not have them.</summary>
    public Action<ModelThread, string>? Passed { get; init; }

    /// <summary>The name of a path in the trace; null where there is none: no such directory, or a file without a
    /// name.</summary>
    public string? Name(ModelThread thread, int at, string path)
    {
        if (path.Length == 0 || !TryBase(thread, at, path, out Entry? start, out string rest))
        {
            return null;
        }

        if (rest.Length == 0)
        {
            return start.IsGone ? null : start.Path;
        }

        string name = start.Path;
        Entry reached = start;
        string pending = "";
        foreach (string component in rest.Split('/'))
        {
            if (component is "" or ".")
            {
                continue;
            }

            if (component != "..")
            {
                name += "/" + component;
                pending += pending.Length > 0 ? "/" + component : component;
                continue;
            }

            bool isSpelled = pending.Length > 0;
            if (isSpelled)
            {
                _links = 0;
                if (From(reached, pending, follow: true).Existing is not { } found)
                {
                    // It fails because this does not exist.
                    return name;
                }

                reached = found;
                pending = "";
            }

            if (!reached.Node.IsDirectory)
            {
                // It fails because this is no directory.
                return name;
            }

            if (isSpelled)
            {
                Passed?.Invoke(thread, name);
            }

            reached = reached.Parent ?? throw new OutsideException();
            name = reached.Path;
        }

        return name;
    }
}

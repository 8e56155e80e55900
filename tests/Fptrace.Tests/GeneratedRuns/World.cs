namespace Fptrace.GeneratedRuns;

/// <summary>A small tree of files as a value: its paths, sorted, each with what stands there.</summary>
/// <remarks>r is the root of the step and its working directory, o a directory beside it.</remarks>
internal sealed class World
{
    public const string Root = "r";
    public const string Outside = "o";

    private const int MostLinks = 40;
    private readonly SortedDictionary<string, Node> _nodes;

    public World(IEnumerable<KeyValuePair<string, Node>> nodes)
    {
        _nodes = new(StringComparer.Ordinal);
        foreach ((string path, Node node) in nodes)
        {
            _nodes[path] = node;
        }
    }

    public IReadOnlyDictionary<string, Node> Nodes => _nodes;

    /// <summary>Each path but the two tops stands in a directory.</summary>
    public bool IsTree =>
        _nodes.Keys.All(path => !path.Contains('/', StringComparison.Ordinal) || IsDirectory(Above(path)))
        && IsDirectory(Root) && IsDirectory(Outside);

    public Node? At(string path) => _nodes.TryGetValue(path, out Node node) ? node : null;

    public bool IsDirectory(string path) => At(path) is { Kind: 'd' };

    public static string Above(string path) => path.LastIndexOf('/') is > 0 and int slash ? path[..slash] : "";

    public static bool IsBelow(string path, string directory) =>
        path.StartsWith(directory + "/", StringComparison.Ordinal);

    /// <summary>What stands there and below it, by the rest of its path.</summary>
    public IEnumerable<KeyValuePair<string, Node>> Tree(string path) =>
        _nodes.Where(pair => pair.Key == path || IsBelow(pair.Key, path))
            .Select(pair => KeyValuePair.Create(pair.Key[path.Length..], pair.Value));

    public World With(IEnumerable<KeyValuePair<string, Node?>> changes)
    {
        var world = new World(_nodes);
        foreach ((string path, Node? node) in changes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (node is not { Kind: 'd' })
            {
                foreach (string below in world._nodes.Keys.Where(key => IsBelow(key, path)).ToArray())
                {
                    world._nodes.Remove(below);
                }
            }

            if (node is { } present)
            {
                world._nodes[path] = present;
            }
            else
            {
                world._nodes.Remove(path);
            }
        }

        return world;
    }

    /// <summary>What makes this world of the other one.</summary>
    public IReadOnlyDictionary<string, Node?> Since(World before)
    {
        var changes = new Dictionary<string, Node?>();
        foreach (string path in _nodes.Keys.Union(before._nodes.Keys))
        {
            if (At(path) != before.At(path))
            {
                changes[path] = At(path);
            }
        }

        return changes;
    }

    /// <returns>In words, what makes this world of the other one; null: nothing that counts.</returns>
    public string? Difference(World from)
    {
        var nodes = Since(from).Where(pair => !IsEmptyOutside(pair.Key) && !from.IsEmptyOutside(pair.Key))
            .ToDictionary();
        return nodes.Count == 0
            ? null
            : string.Join('\n',
                nodes.Select(pair =>
                    $"    {pair.Key}: {(pair.Value is { } node ? node.ToString() : "nothing")}, not "
                        + $"{(from.At(pair.Key) is { } there ? there.ToString() : "nothing")}"));
    }

    public World WithoutEmptyOutside() =>
        With(Nodes.Keys.Where(IsEmptyOutside).Select(path => KeyValuePair.Create(path, (Node?)null)));

    // A new directory outside the root that stays empty does not count, whoever made it.
    private bool IsEmptyOutside(string path) =>
        IsBelow(path, Outside) && IsDirectory(path) && Tree(path).Count() == 1;

    /// <summary>Every path without links in it that the kernel looks at on its way along this one, from the root:
    /// links, directories, the end.</summary>
    public IReadOnlyList<string> Way(string path)
    {
        var way = new List<string>();
        var rest = new LinkedList<string>(path.TrimStart('%').Split('/'));
        string at = path.StartsWith('%') ? "" : Root;
        for (int links = 0; rest.First is { } next && links < MostLinks;)
        {
            rest.RemoveFirst();
            if (next.Value is "" or ".")
            {
                continue;
            }

            if (next.Value == "..")
            {
                at = Above(at);
                continue;
            }

            string entry = at.Length == 0 ? next.Value : $"{at}/{next.Value}";
            way.Add(entry);
            switch (At(entry))
            {
                case { Kind: 'd' }:
                    at = entry;
                    break;
                case { Kind: 'l' } link:
                    links++;
                    at = link.Text.StartsWith('%') ? "" : at;
                    foreach (string name in link.Text.TrimStart('%').Split('/').Reverse())
                    {
                        rest.AddFirst(name);
                    }

                    break;
                default:
                    return way;
            }
        }

        return way;
    }

    public override string ToString() => string.Join('\n', _nodes.Select(pair => $"    {pair.Key}: {pair.Value}"));
}

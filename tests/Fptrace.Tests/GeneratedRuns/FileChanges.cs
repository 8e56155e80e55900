using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>Random changes of files, mostly of what the command looks at or makes.</summary>
/// <param name="chance">Where they come from.</param>
/// <param name="steps">Of the command.</param>
/// <param name="isOrdinary">Modes deny the command something.</param>
internal sealed class FileChanges(Chance chance, IReadOnlyList<Step> steps, bool isOrdinary)
{
    /// <param name="now">What stands there.</param>
    /// <param name="before">What stood there before the command last ran.</param>
    public Change Several(World now, World before)
    {
        Change first = Files(now, before);
        if (first.Nodes.Count == 0 || chance.Of(80))
        {
            return first;
        }

        Change second = Files(now.With(first.Nodes), before);
        return new Change($"{first.Name}, {second.Name}",
            first.Nodes.Concat(second.Nodes).GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.Last().Value));
    }

    private Change Files(World now, World before)
    {
        // What the command goes through, finds, or does not find: before its last run and now.
        string[] ways = [.. RunScript.Paths(steps, before).SelectMany(path => before.Way(path).Concat(now.Way(path)))
            .Where(path => path.Contains('/', StringComparison.Ordinal) && now.IsDirectory(World.Above(path)))];
        string[] any = [.. now.Nodes.Keys.Where(path => path.Contains('/', StringComparison.Ordinal))];
        string[] own =
            [.. now.Since(before).Keys.Where(path => path.Contains('/', StringComparison.Ordinal)
                && now.IsDirectory(World.Above(path)))];
        // A new directory outside the root does not count while it is empty, so nobody may know that it was made.
        ways = [.. ways.Where(path => !World.IsBelow(path, World.Outside) || before.At(path) == now.At(path))];
        own = [.. own.Where(path => !World.IsBelow(path, World.Outside) || !now.IsDirectory(path))];
        string[] listed = [.. Paths(steps, "list").Select(path => now.Way(path) is [.., var last] ? last : World.Root)
            .Where(now.IsDirectory)];
        string[] deleted = [.. own.Where(path => now.At(path) is null)];
        if (listed.Length > 0 && chance.Of(20))
        {
            string name = $"{chance.Pick(listed)}/{chance.Pick(RunCaseGenerator.Names)}";
            return now.At(name) is null
                ? One("name appears", name, chance.Pick(Node.File("1\n"), Node.Link("a"), Node.Fifo, Node.Directory))
                : One("name gone", name, null);
        }

        if (deleted.Length > 0 && chance.Of(20))
        {
            string name = chance.Pick(deleted);
            return One("deleted is back", name, before.At(name));
        }

        string[] temporary =
            [.. Paths(steps, "temp").Concat(Paths(steps, "replace").Select(path => path + ".new"))
                .SelectMany(path => now.Way(path))
                    .Where(path => now.At(path) is null && now.IsDirectory(World.Above(path)))];
        for (int tries = 0; tries < 20; tries++)
        {
            string[] from = temporary.Length > 0 && chance.Of(30) ? temporary
                : own.Length > 0 && chance.Of(25) ? own
                : ways.Length > 0 && chance.Of(90) ? ways
                : any;
            if (from.Length > 0 && Of(chance.Pick(from), now, before) is { } change && change.Nodes.Count > 0
                && now.With(change.Nodes).IsTree)
            {
                return change;
            }
        }

        return Change.None;
    }

    private static IEnumerable<string> Paths(IReadOnlyList<Step> steps, string call) =>
        steps.SelectMany(step => (step.Call == call ? [step.Path!] : Array.Empty<string>())
            .Concat(Paths(step.Block ?? [], call)));

    private Change? Of(string path, World now, World before)
    {
        string beside = $"{World.Above(path)}/{chance.Pick(RunCaseGenerator.Names)}";
        if (beside == path)
        {
            beside += "x";
        }

        return now.At(path) switch
        {
            null => Missing(path),
            { Kind: 'f' } file => OfFile(path, file, beside, now, before),
            { Kind: 'd' } directory => OfDirectory(path, directory, beside, now, before),
            { Kind: 'l' } link => OfLink(path, link, now),
            { } node => chance.Of(50)
                ? One("FIFO or socket becomes file", path, Node.File("1\n"))
                : One("gone", path, null),
        };
    }

    private Change Missing(string path) => chance.Below(10) switch
    {
        < 4 => One("file appears", path, Node.File(chance.Pick(RunCaseGenerator.Contents))),
        < 6 => One("directory appears", path, Node.Directory),
        < 8 => One("dangling link appears", path, Node.Link("nowhere")),
        < 9 => One("link appears", path, Node.Link(chance.Pick("a", "../a", "d", "../d/a"))),
        _ when chance.Of(30) => One("socket appears", path, Node.Socket),
        _ => One("FIFO appears", path, Node.Fifo),
    };

    private Change OfFile(string path, Node file, string beside, World now, World before)
    {
        string[] twins =
            [.. now.Nodes.Where(pair => pair.Value == file && pair.Key != path
                && World.Above(pair.Key) == World.Above(path)).Select(pair => pair.Key)];
        return chance.Below(20) switch
        {
            < 4 =>
                One("content", path, file with { Text = chance.Pick("3\n", "4\n", "longest\n", file.Text + "more\n") }),
            < 5 => One("length", path, file with { Text = "" }),
            < 7 => One("gone", path, null),
            < 9 =>
                One("mode", path, file with { Mode = RunCaseGenerator.Mode(chance, isOrdinary, isDirectory: false) }),
            < 12 => twins.Length > 0
                ? One("file becomes link to an equal one", path, Node.Link(Name(twins[0])))
                : Several("file moves and leaves a link", (beside, file), (path, Node.Link(Name(beside)))),
            < 13 => One("file becomes directory", path, Node.Directory),
            < 14 => One("file becomes FIFO", path, Node.Fifo),
            < 15 => One("file becomes dangling link", path, Node.Link("nowhere")),
            < 17 => Several("file moves", (beside, file), (path, null)),
            < 18 => Several("name appears", (beside + "y", Node.File("1\n"))),
            _ => One("as before", path, before.At(path) is { Kind: 'd' } ? null : before.At(path)),
        };
    }

    private Change OfDirectory(string path, Node directory, string beside, World now, World before)
    {
        KeyValuePair<string, Node>[] all = [.. now.Tree(path)];
        var moved = new Dictionary<string, Node?>();
        foreach ((string rest, Node node) in all)
        {
            moved[beside + rest] = node;
        }

        switch (chance.Below(10))
        {
            case < 3:
                moved[path] = Node.Link(Name(beside));
                return new Change("directory moves and leaves a link", moved);
            case < 4:
                moved[path] = null;
                return new Change("directory moves", moved);
            case < 5:
                // That the work could not be done once more does not matter while it is done.
                bool holdsOwn = now.Since(before).Keys.Any(own => World.Above(own) == path);
                return One("mode of directory", path,
                    directory with
                    {
                        Mode = RunCaseGenerator.Mode(chance, isOrdinary, isDirectory: true) | (holdsOwn ? 0x80 : 0),
                    });
            case < 6:
                return One("directory gone", path, null);
            case < 7:
                return One("directory becomes file", path, Node.File("1\n"));
            case < 9:
                return One("name appears", $"{path}/{chance.Pick(RunCaseGenerator.Names)}",
                    chance.Pick(Node.File("1\n"), Node.Link("a"), Node.Fifo, Node.Directory));
            default:
                return new Change("copy of directory", moved);
        }
    }

    private Change OfLink(string path, Node link, World now)
    {
        string[] all = [.. now.Nodes.Keys.Where(key => World.Above(key) == World.Above(path)).Select(Name)];
        string end = now.Way($"%/{path}") is [.., var last] ? last : path;
        switch (chance.Below(10))
        {
            case < 4:
                return One("link retargeted", path,
                    Node.Link(chance.Of(70) ? chance.Pick(all) : chance.Pick(RunCaseGenerator.Names)));
            case < 5:
                return One("link retargeted to the same", path,
                    Node.Link(link.Text.StartsWith('%') ? link.Text + "/." : "./" + link.Text));
            case < 8 when now.At(end) is { Kind: 'f' or 'd' } && !World.IsBelow(path, end):
                return new Change("link becomes what it led to",
                    now.Tree(end).ToDictionary(pair => path + pair.Key, pair => (Node?)pair.Value));
            case < 9:
                return One("link gone", path, null);
            default:
                return One("link becomes file", path, Node.File(chance.Pick(RunCaseGenerator.Contents)));
        }
    }

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static Change One(string name, string path, Node? node) => Several(name, (path, node));

    private static Change Several(string name, params IEnumerable<(string Path, Node? Node)> nodes) =>
        new(name, nodes.ToDictionary(one => one.Path, one => one.Node));
}

using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>Random changes of a world, mostly of what the command looks at or makes.</summary>
/// <param name="chance">Where they come from.</param>
/// <param name="steps">Of the command.</param>
/// <param name="isOrdinary">Modes deny the command something.</param>
internal sealed class ChangeGenerator(Chance chance, IReadOnlyList<Step> steps, bool isOrdinary)
{
    private const string Unrelated = "o/unrelated";
    private readonly FileChanges _files = new(chance, steps, isOrdinary);

    /// <param name="now">What stands there.</param>
    /// <param name="before">What stood there before the command last ran.</param>
    /// <param name="around">The present surroundings.</param>
    /// <param name="inputs">What the files hold that standard input may be.</param>
    /// <param name="undo">Takes the last change back; null where that shows nothing new.</param>
    /// <param name="clean">What would stand there had the command never run; null where the tool has no cache.</param>
    public Change Next(World now, World before, Surroundings around, IReadOnlyDictionary<string, string> inputs,
        Change? undo, World? clean)
    {
        if (clean is not null && chance.Of(25) && AtOutput(now, clean) is { } taken)
        {
            return taken;
        }

        if (undo is not null && chance.Of(50))
        {
            Change back = chance.Of(65)
                ? undo
                : new Change("clean", new Dictionary<string, Node?>()) { IsClean = true };
            return back with { ForgetsManifest = chance.Of(30) };
        }

        int what = chance.Below(100);
        return what switch
        {
            < 7 => Change.None,
            < 10 =>
                new Change("renewed",
                    new Dictionary<string, Node?>()) { Renewed =
                        [.. now.Nodes.Where(pair => IsRenewable(now, pair.Key) && chance.Of(25))
                            .Select(pair => pair.Key)] },
            < 15 =>
                new Change("touch",
                    new Dictionary<string, Node?>()) { Touched =
                        [.. now.Nodes.Where(pair => pair.Value.Kind is not ('l' or 's') && chance.Of(40))
                            .Select(pair => pair.Key)] },
            < 19 =>
                new Change("unrelated",
                    new Dictionary<string, Node?> { [Unrelated] = Node.File(chance.Pick("1", "2", "3")) }),
            < 27 => Environment(around),
            < 34 => Input(around, inputs),
            _ => _files.Several(now, before) with { IsInPlace = chance.Of(50), HidesTimes = chance.Of(50) },
        };
    }

    /// <summary>In place of what the command made somebody else makes something, mostly where nothing else of its work
    /// is left.</summary>
    private Change? AtOutput(World now, World clean)
    {
        string[] made = [.. now.Nodes.Keys.Where(path => clean.At(path) is null && World.IsBelow(path, World.Root))];
        if (made.Length == 0)
        {
            return null;
        }

        string path = chance.Pick(made);
        bool isClean = chance.Of(70) && clean.IsDirectory(World.Above(path));
        Node node = chance.Below(10) switch
        {
            < 3 => now.At(path)!.Value,
            < 5 => Node.Directory,
            < 7 => Node.File(chance.Pick(RunCaseGenerator.Contents)),
            < 8 => Node.File(chance.Pick(RunCaseGenerator.Contents)) with { Mode = 0x180 },
            _ => Node.Link(chance.Pick("a", "b", "d", "nowhere")),
        };
        var nodes = new Dictionary<string, Node?> { [path] = node };
        if (node.Kind == 'd' && chance.Of(50))
        {
            nodes[$"{path}/{chance.Pick(RunCaseGenerator.Names)}"] = Node.File("1\n");
        }

        return new Change("other at output", nodes) { IsClean = isClean, ForgetsManifest = chance.Of(50) };
    }

    // A socket file that was made anew is another server's.
    private static bool IsRenewable(World now, string path) =>
        path.Contains('/', StringComparison.Ordinal) && now.Tree(path).All(pair => pair.Value.Kind != 's');

    private Change Environment(Surroundings around)
    {
        var variables = new Dictionary<string, string>(around.Variables);
        string name = chance.Pick(RunCaseGenerator.Variables);
        if (!variables.Remove(name) || chance.Of(50))
        {
            variables[name] = chance.Pick("1", "2", "3", "");
        }

        return new Change("environment",
            new Dictionary<string, Node?>()) { Around = around with { Variables = variables } };
    }

    private Change Input(Surroundings around, IReadOnlyDictionary<string, string> inputs)
    {
        var nothing = new Dictionary<string, Node?>();
        return chance.Below(4) switch
        {
            0 =>
                new Change("content of the input",
                    nothing) { Inputs = inputs.ToDictionary(pair => pair.Key,
                    _ => chance.Pick("one\ntwo\n", "One\ntwo\n", "one\n")) },
            1 =>
                new Change("offset of the input",
                    nothing) { Around = around with { Offset = around.Input is null ? 0 : chance.Below(5) } },
            2 =>
                new Change("other input", nothing) { Around = around with { Input = around.Input == "s" ? "t" : "s" } },
            _ => new Change("no input", nothing) { Around = around with { Input = null, Offset = 0 } },
        };
    }
}

using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>Random worlds and commands. Few names, so that what a command looks at, writes and removes is often the
/// same.</summary>
internal sealed partial class RunCaseGenerator(Chance chance)
{
    // The last one is no text.
    public static readonly string[] Names = ["a", "b", "c", "d", "e", "a", "b", "c", "d", "e", "~"];
    public static readonly string[] Contents = ["1\n", "2\n", "a\n", "d/b\n", "longer\n", ""];
    public static readonly string[] Variables = ["FOO", "BAR"];
    public static readonly string[] Inputs = ["s", "t"];
    private static readonly string[] s_directories = ["d", "e"];
    private static readonly int[] s_fileModes = [0x1a4, 0x1a4, 0x1a4, 0x180];
    // An output that may be written and not read cannot be known again, so the command would run each time.
    private static readonly int[] s_deniedFileModes = [0x1a4, 0x1a4, 0x124, 0x100, 0x1c0, 0];
    private static readonly int[] s_deniedDirectoryModes = [0x1ed, 0x1ed, 0x16d, 0x140, 0x180, 0xc0, 0x40, 0];
    private bool _isOrdinary;

    public RunCase Next()
    {
        _isOrdinary = chance.Of(25);
        World world = NextWorld();
        var steps = new List<Step>();
        steps.AddRange(Block(2 + chance.Below(8), 0));
        var variables = new Dictionary<string, string>();
        foreach (string name in Variables)
        {
            if (chance.Of(50))
            {
                variables[name] = chance.Pick("1", "2", "");
            }
        }

        string? input = chance.Of(40) ? chance.Pick(Inputs) : null;
        return new RunCase(
            world, steps, new Surroundings(variables, input, input is null ? 0 : chance.Below(4)),
            Inputs.ToDictionary(name => name, _ => chance.Pick("one\ntwo\n", "one\ntwo\n", "six\n")))
        {
            PrintsToFile = chance.Of(20),
            IsOrdinary = _isOrdinary,
        };
    }

    /// <summary>Modes that somebody may give to a file or directory.</summary>
    public static int Mode(Chance chance, bool isOrdinary, bool isDirectory) =>
        isDirectory ? (isOrdinary ? chance.Pick(s_deniedDirectoryModes) : chance.Pick(0x1c0, 0x1e8))
        : isOrdinary ? chance.Pick(s_deniedFileModes) : chance.Pick(0x1ed, 0x180, 0x1a4);

    private World NextWorld()
    {
        var nodes = new Dictionary<string, Node> { [World.Root] = Node.Directory, [World.Outside] = Node.Directory };
        foreach (string directory in (string[])["r", "r/d", "r/e", "r/d/e", "o", "r/e/d"])
        {
            if (!(nodes.TryGetValue(directory, out Node there) && there.Kind == 'd'))
            {
                continue;
            }

            foreach (string name in Names.Distinct())
            {
                if (chance.Of(name == "~" ? 10 : directory == World.Root ? 85 : 45))
                {
                    nodes[$"{directory}/{name}"] = s_directories.Contains(name) && chance.Of(70)
                        ? NextDirectory()
                        : NextNode(name);
                }
            }
        }

        foreach (string name in (string[])["r/p", "r/q", "r/d/p", "r/e/p"])
        {
            if (chance.Of(name == "r/p" ? 30 : 7) && nodes.TryGetValue(World.Above(name), out Node above)
                && above.Kind == 'd')
            {
                nodes[name] = Program();
            }
        }

        return new World(nodes);
    }

    private Node NextDirectory() => _isOrdinary && chance.Of(25)
        ? Node.Directory with { Mode = Mode(chance, true, true) }
        : Node.Directory;

    private Node NextNode(string name) => chance.Below(100) switch
    {
        < 62 =>
            Node.File(chance.Pick(Contents)) with { Mode = chance.Pick(_isOrdinary ? s_deniedFileModes : s_fileModes) },
        < 66 => Node.Fifo,
        < 67 => Node.Socket,
        < 69 => Node.Link(name),
        _ => Node.Link(Target()),
    };

    private Node Program()
    {
        if (chance.Of(20))
        {
            // Of a script whose interpreter is one.
            return Node.Program(
                $"#!{chance.Pick("p", "%/r/p", "d/p", "%/r/d/../p", "q", "a", "%/r/b")}\n") with
                {
                    Mode = chance.Pick(0x1ed, 0x1ed, 0x1ed, 0x1a4),
                };
        }

        var steps = new List<Step>();
        for (int i = chance.Below(3); i >= 0; i--)
        {
            steps.Add(chance.Of(75) ? Reads() : Writes());
        }

        return Node.Program(
            $"#!& -f\n{RunScript.Text(steps)}\n") with { Mode = chance.Pick(0x1ed, 0x1ed, 0x1ed, 0x1ed, 0x1a4) };
    }
}

using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>Random worlds and commands. Few names, so that what a command looks at, writes and removes is often the same.</summary>
internal sealed class RunCaseGenerator(Chance chance)
{
    public static readonly string[] Names = ["a", "b", "c", "d", "e"];
    public static readonly string[] Contents = ["1\n", "2\n", "a\n", "d/b\n", "longer\n", ""];
    public static readonly string[] Variables = ["FOO", "BAR"];
    public static readonly string[] Inputs = ["s", "t"];
    private static readonly string[] s_directories = ["d", "e"];

    public RunCase Next()
    {
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
        };
    }

    private World NextWorld()
    {
        var nodes = new Dictionary<string, Node> { [World.Root] = Node.Directory, [World.Outside] = Node.Directory };
        foreach (string directory in (string[])["r", "r/d", "r/e", "r/d/e", "o", "r/e/d"])
        {
            if (!(nodes.TryGetValue(directory, out Node there) && there.Kind == 'd'))
            {
                continue;
            }

            foreach (string name in Names)
            {
                if (chance.Of(directory == World.Root ? 85 : 45))
                {
                    nodes[$"{directory}/{name}"] = s_directories.Contains(name) && chance.Of(70) ? Node.Directory : NextNode(name);
                }
            }
        }

        if (chance.Of(30))
        {
            nodes["r/p"] = Program();
        }

        if (chance.Of(15))
        {
            nodes[chance.Of(50) && nodes.TryGetValue("r/d", out Node d) && d.Kind == 'd' ? "r/d/p" : "r/q"] = Program();
        }

        return new World(nodes);
    }

    private Node NextNode(string name) => chance.Below(100) switch
    {
        < 62 => Node.File(chance.Pick(Contents)) with { Mode = chance.Pick(0x1a4, 0x1a4, 0x1a4, 0x180) },
        < 66 => Node.Fifo,
        < 68 => Node.Link(name),
        _ => Node.Link(Target()),
    };

    private Node Program()
    {
        var steps = new List<Step>();
        for (int i = chance.Below(3); i >= 0; i--)
        {
            steps.Add(chance.Of(75) ? Reads() : Writes());
        }

        return Node.Program($"#!& -f\n{RunScript.Text(steps)}\n");
    }

    private List<Step> Block(int count, int depth)
    {
        var steps = new List<Step>();
        for (int i = 0; i < count; i++)
        {
            steps.Add(depth < 2 && chance.Of(9)
                ? new Step(chance.Pick("fork", "fork", "if", "in")) { Path = Path(), Block = Block(1 + chance.Below(3), depth + 1) }
                : chance.Of(62) ? Reads() : Writes());
        }

        return steps;
    }

    private Step Reads() => chance.Below(100) switch
    {
        < 16 => new Step("stat") { Path = Path() },
        < 27 => new Step("lstat") { Path = Path() },
        < 30 => new Step("access") { Path = Path(), Flags = chance.Pick(0, 0, 1, 2, 4) },
        < 50 => new Step("read") { Path = Path() },
        < 54 => new Step("follow") { Path = Path() },
        < 60 => new Step("readlink") { Path = Path() },
        < 70 => new Step("list") { Path = Directory() },
        < 75 => new Step("realpath") { Path = Path() },
        < 78 => new Step("cd") { Path = Directory() },
        < 79 => new Step("cwd"),
        < 86 => new Step("env") { Path = chance.Pick(Variables) },
        < 91 => new Step("stdin") { Path = chance.Pick("read", "read", "pread", "seek", "where", "size"), Flags = 1 + chance.Below(4) },
        < 96 => new Step("run") { Path = chance.Pick("p", "p", "q", "d/p", "b", "d/../p") },
        < 97 => new Step("find") { Path = chance.Pick("p", "q") },
        _ => new Step("open") { Path = Path(), Flags = chance.Pick(0, Flag.Directory, Flag.NoFollow, Flag.Path, Flag.Path | Flag.NoFollow) },
    };

    private Step Writes() => chance.Below(100) switch
    {
        < 18 => new Step("write") { Path = Path(), Flags = Flag.WriteOnly | Flag.Create | Flag.Truncate, Path2 = Word() },
        < 24 => new Step("write") { Path = Path(), Flags = Flag.WriteOnly | Flag.Create | Flag.Append, Path2 = Word() },
        < 28 => new Step("write") { Path = Path(), Flags = chance.Pick(Flag.WriteOnly, Flag.ReadWrite, Flag.ReadWrite | Flag.Create), Path2 = Word() },
        < 34 => new Step("write") { Path = Path(), Flags = Flag.WriteOnly | Flag.Create | Flag.Exclusive, Path2 = Word() },
        < 37 => new Step("open") { Path = Path(), Flags = chance.Pick(Flag.WriteOnly, Flag.ReadWrite, Flag.WriteOnly | Flag.Create, Flag.WriteOnly | Flag.Create | Flag.Truncate) },
        < 40 => new Step("cut") { Path = Path(), Flags = chance.Below(3) },
        < 45 => new Step("rewrite") { Path = Path(), Path2 = Word() },
        < 49 => new Step("replace") { Path = Path(), Path2 = Word() },
        < 59 => new Step("copy") { Path = Path(), Path2 = Path() },
        < 67 => new Step("temp") { Path = Path() },
        < 74 => new Step("rename") { Path = Path(), Path2 = Path(), Flags = chance.Pick(0, 0, 0, Flag.RenameNoReplace, Flag.RenameExchange) },
        < 80 => new Step("unlink") { Path = Path() },
        < 83 => new Step("rmdir") { Path = Directory() },
        < 89 => new Step("mkdir") { Path = Path() },
        < 93 => new Step("symlink") { Path = Target(), Path2 = Path() },
        < 94 => new Step("mkfifo") { Path = Path() },
        < 98 => new Step("chmod") { Path = Path(), Flags = chance.Pick(0x1a4, 0x1ed, 0x180) },
        _ => new Step("touch") { Path = Path() },
    };

    private string Word() => chance.Pick("1", "2", "a", "d/b");

    private string Directory() => chance.Of(45) ? "." : chance.Of(60) ? chance.Pick(s_directories) : Path();

    private string Path() => chance.Below(100) switch
    {
        < 45 => chance.Pick(Names),
        < 72 => $"{chance.Pick(s_directories)}/{chance.Pick(Names)}",
        < 80 => $"{chance.Pick(Names)}/{chance.Pick(Names)}",
        < 87 => $"{chance.Pick(Names)}/../{chance.Pick(Names)}",
        < 90 => $"{chance.Pick(s_directories)}/{chance.Pick(Names)}/{chance.Pick(Names)}",
        < 94 => $"../o/{chance.Pick(Names)}",
        < 97 => $"%/r/{chance.Pick(Names)}",
        < 98 => chance.Pick(Names) + "/",
        < 99 => chance.Pick(Names) + "/.",
        _ => "@",
    };

    private string Target() => chance.Below(100) switch
    {
        < 40 => chance.Pick(Names),
        < 65 => $"{chance.Pick(s_directories)}/{chance.Pick(Names)}",
        < 80 => $"../{chance.Pick(Names)}",
        < 88 => $"%/r/{chance.Pick(Names)}",
        < 94 => $"../o/{chance.Pick(Names)}",
        _ => $"{chance.Pick(Names)}/../{chance.Pick(Names)}",
    };
}

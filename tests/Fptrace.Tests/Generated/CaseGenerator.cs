namespace Fptrace.Generated;

/// <summary>Random trees of steps. The same seed makes the same case, here and everywhere.</summary>
internal sealed class CaseGenerator(ulong seed)
{
    private const int Slots = 5;
    private const int Deepest = 3;
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly long[] Opens =
    [
        0, 0, 0, 0, Flag.NonBlock, Flag.NonBlock,
        Flag.WriteOnly, Flag.WriteOnly | Flag.Append, Flag.ReadWrite, Flag.ReadWrite,
        Flag.WriteOnly | Flag.Create | Flag.Truncate, Flag.WriteOnly | Flag.Create | Flag.Truncate,
        Flag.WriteOnly | Flag.Create,
        Flag.WriteOnly | Flag.Create | Flag.Append, Flag.ReadWrite | Flag.Create, Flag.Create,
        Flag.WriteOnly | Flag.Create | Flag.Exclusive,
        Flag.ReadWrite | Flag.Truncate, Flag.Truncate, Flag.WriteOnly | Flag.Truncate,
        Flag.NoFollow, Flag.WriteOnly | Flag.NoFollow, Flag.WriteOnly | Flag.Create | Flag.NoFollow,
        Flag.Directory, Flag.Directory, Flag.Path, Flag.Path | Flag.Directory, Flag.Path | Flag.NoFollow,
    ];

    private static readonly long[] Resolves =
    [
        0, 0, 0, Flag.ResolveNoMagicLinks, Flag.ResolveNoSymlinks, Flag.ResolveBeneath, Flag.ResolveBeneath,
        Flag.ResolveBeneath | Flag.ResolveNoSymlinks, Flag.ResolveInRoot, Flag.ResolveInRoot,
        Flag.ResolveInRoot | Flag.ResolveNoSymlinks,
    ];

    private ulong _state = seed;

    public IReadOnlyList<Step> Next()
    {
        var steps = new List<Step>();
        for (int i = Below(4); i >= 0; i--)
        {
            steps.Add(new Step("mkdir") { Path = Name() });
            steps.Add(new Step("creat") { Path = Chance(50) ? Name() : $"{Name()}/{Name()}" });
        }

        if (Chance(40))
        {
            steps.Add(new Step("mknod") { Path = Name(), Flags = 0x1000 });
        }

        if (Chance(60))
        {
            steps.Add(new Step("symlink") { Path = Name(), Path2 = Target() });
        }

        steps.AddRange(Block(8 + Below(22), 0));
        return steps;
    }

    private List<Step> Block(int count, int depth)
    {
        var steps = new List<Step>();
        for (int i = 0; i < count; i++)
        {
            if (depth < Deepest && Chance(12))
            {
                string[] kinds = ["fork", "spawn", "spawn", "thread", "clone", "exec", "execat"];
                string kind = Pick(kinds);

                // Nothing comes after an exec, so it belongs into a process or thread of its own most of the time.
                bool wraps = kind is "exec" or "execat" && Chance(85);
                var step = new Step(kind) { Block = Block(1 + Below(8), depth + 1) };
                steps.Add(wraps
                    ? new Step(
                        Pick(["fork", "fork", "clone", "thread"])) { Block = [.. Block(Below(4), Deepest), step] }
                    : step);
            }
            else
            {
                steps.Add(Call());
            }
        }

        return steps;
    }

    private Step Call()
    {
        int at = At();
        bool old = at < 0 && Chance(30);
        string path = Path();
        switch (Below(105))
        {
            case < 30:
                long flags = Pick(Opens) | (Chance(30) ? Flag.CloseOnExec : 0);
                int slot = Chance(50) ? Below(Slots) : -1;
                return Chance(12)
                    ? new Step("openat2") { At = at, Path = path, Flags = flags, Slot = slot,
                        Slot2 = (int)Pick(Resolves) }
                    : new Step("open") { At = at, Path = path, Flags = flags, Slot = slot, IsOld = old };
            case < 33:
                return new Step("creat") { Path = path, Slot = Chance(50) ? Below(Slots) : -1 };
            case < 44:
                long how = Chance(20) ? Flag.RenameExchange : Chance(10) ? Flag.RenameNoReplace : 0;
                return new Step("rename") { At = at, Path = path, At2 = old ? -1 : At(), Path2 = Path(),
                    Flags = old ? 0 : how, IsOld = old };
            case < 48:
                return new Step("link") { At = at, Path = path, At2 = old ? -1 : At(), Path2 = Path(),
                    Flags = !old && Chance(30) ? Flag.AtFollow : 0, IsOld = old };
            case < 52:
                return new Step("symlink") { At = at, Path = path, Path2 = Target() };
            case < 60:
                return new Step("unlink") { At = at, Path = path, Flags = Chance(25) ? Flag.AtRemoveDirectory : 0,
                    IsOld = old };
            case < 64:
                return new Step("mkdir") { At = at, Path = path, IsOld = old };
            case < 65:
                return new Step("mknod") { At = at, Path = path, Flags = Chance(50) ? 0x1000 : 0x8000 };
            case < 67:
                return new Step("truncate") { Path = path, Flags = Below(3) };
            case < 69:
                return new Step("ftruncate") { Slot = Below(Slots), Flags = Below(3) };
            case < 71:
                return new Step("chmod") { At = at, Path = path, IsOld = old };
            case < 72:
                return new Step("fchmod") { Slot = Below(Slots) };
            case < 74:
                int own = Below(Slots);
                return Chance(40)
                    ? new Step("utimens") { At = own, Path = null }
                    : new Step("utimens") { At = at, Path = path, Flags = Chance(30) ? Flag.AtNoFollow : 0 };
            case < 78:
                bool follows = old || Chance(60);
                return new Step("stat") { At = at, Path = path, Flags = follows ? 0 : Flag.AtNoFollow, IsOld = old };
            case < 79:
                return new Step("access") { At = at, Path = path };
            case < 80:
                return new Step("readlink") { At = at, Path = path };
            case < 82:
                return new Step("list") { Slot = Below(Slots) };
            case < 86:
                return new Step("chdir") { Path = path };
            case < 87:
                return new Step("fchdir") { Slot = Below(Slots) };
            case < 89:
                return new Step("close") { Slot = Below(Slots) };
            case < 90:
                int first = Below(Slots);
                return new Step("close_range") { Slot = first, Slot2 = first + Below(Slots - first) };
            case < 92:
                return new Step("dup") { Slot = Below(Slots), Slot2 = Below(Slots),
                    Flags = Chance(40) ? Flag.CloseOnExec : 0 };
            case < 94:
                return new Step("redirect") { Slot = Below(Slots), Slot2 = Below(2) };
            case < 96:
                return new Step(Chance(50) ? "read" : "write");
            case < 97:
                return new Step("pipe") { Slot = Below(Slots), Slot2 = Below(Slots) };
            case < 98:
                return new Step("unshare");
            case < 99:
                return new Step("open") { At = at, Path = Chance(50) ? "." : path,
                    Flags = Flag.TemporaryFile | (Chance(50) ? Flag.WriteOnly : Flag.ReadWrite), Slot = Below(Slots) };
            case < 102:
                return new Step("full") { At = at, Path = path, Flags = Pick(Opens) };
            case < 104:
                return new Step("giveup") { At = at, Path = path };
            default:
                return new Step("link") { Path = string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"/proc/self/fd/{10 + Below(Slots)}"), At2 = at, Path2 = path, Flags = Flag.AtFollow };
        }
    }

    private int At() => Chance(15) ? Below(Slots) : -1;

    private string Path()
    {
        string path = Relative();
        return Below(100) switch
        {
            < 80 => path,
            < 90 => "%/" + path,
            < 93 => "/proc/self/cwd/" + path,
            < 95 =>
                string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"/proc/self/fd/{10 + Below(Slots)}/{path}"),
            _ =>
                string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"{Pick(["/proc/self/fd", "/dev/fd"])}/{10 + Below(Slots)}"),
        };
    }

    private string Relative()
    {
        string path = Name();
        for (int i = Pick([0, 0, 0, 1, 1, 2]); i > 0; i--)
        {
            path += (Chance(4) ? "//" : "/") + Name();
        }

        if (Chance(12))
        {
            path = $"{Name()}/../{path}";
        }

        if (Chance(4))
        {
            path = "./" + path;
        }

        if (Chance(3))
        {
            path += "/..";
        }

        return Chance(4) ? path + "/" : Chance(2) ? path + "/." : path;
    }

    private string Target() => Chance(15) ? "%/" + Name() : Chance(15) ? "../" + Name() : Chance(25)
        ? $"{Name()}/{Name()}"
        : Name();

    private string Name() => Pick(Names);

    private T Pick<T>(T[] choices) => choices[Below(choices.Length)];

    private bool Chance(int percent) => Below(100) < percent;

    // SplitMix64: System.Random promises no sequence.
    private int Below(int limit)
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)limit);
    }
}

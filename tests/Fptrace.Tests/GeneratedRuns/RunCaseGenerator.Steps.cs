using Fptrace.Generated;

namespace Fptrace.GeneratedRuns;

/// <summary>What a command does.</summary>
internal sealed partial class RunCaseGenerator
{
    private List<Step> Block(int count, int depth)
    {
        var steps = new List<Step>();
        for (int i = 0; i < count; i++)
        {
            steps.Add(depth < 2 && chance.Of(9)
                ? new Step(chance.Pick("fork", "fork", "if", "in")) { Path = Path(),
                    Block = Block(1 + chance.Below(3), depth + 1) }
                : chance.Of(12) ? Descriptors() : chance.Of(60) ? Reads() : Writes());
        }

        return steps;
    }

    private Step Reads() => chance.Below(100) switch
    {
        < 14 => new Step("stat") { Path = Path() },
        < 23 => new Step("lstat") { Path = Path() },
        < 26 => new Step(chance.Pick("access", "able")) { Path = Path(), Flags = chance.Pick(0, 0, 1, 2, 4) },
        < 45 => new Step("read") { Path = Path() },
        < 49 => new Step("follow") { Path = Path() },
        < 54 => new Step("readlink") { Path = Path() },
        < 63 => new Step("list") { Path = Directory() },
        < 67 => new Step("realpath") { Path = Path() },
        < 72 => new Step("cd") { Path = Directory() },
        < 74 => new Step("cwd"),
        < 81 => new Step("env") { Path = chance.Pick(Variables) },
        < 86 =>
            new Step("stdin") { Path = chance.Pick("read", "read", "pread", "seek", "where", "size"),
                Flags = 1 + chance.Below(4) },
        < 91 => new Step("run") { Path = chance.Pick("p", "p", "q", "d/p", "b", "d/../p", "e/p") },
        < 94 => new Step("find") { Path = chance.Pick("p", "q", "a") },
        < 96 => new Step(chance.Pick("statfs", "xattr", "connect")) { Path = Path() },
        _ =>
            new Step("open") { Path = Path(),
                Flags = chance.Pick(0, Flag.Directory, Flag.NoFollow, Flag.Path, Flag.Path | Flag.NoFollow) },
    };

    private Step Writes() => chance.Below(100) switch
    {
        < 16 =>
            new Step("write") { Path = Path(), Flags = Flag.WriteOnly | Flag.Create | Flag.Truncate, Path2 = Word() },
        < 22 => new Step("write") { Path = Path(), Flags = Flag.WriteOnly | Flag.Create | Flag.Append, Path2 = Word() },
        < 26 =>
            new Step("write") { Path = Path(),
                Flags = chance.Pick(Flag.WriteOnly, Flag.ReadWrite, Flag.ReadWrite | Flag.Create), Path2 = Word() },
        < 31 =>
            new Step("write") { Path = Path(), Flags = Flag.WriteOnly | Flag.Create
                | chance.Pick(Flag.Exclusive, Flag.Exclusive, Flag.NoFollow), Path2 = Word() },
        < 34 =>
            new Step("open") { Path = Path(),
                Flags = chance.Pick(Flag.WriteOnly, Flag.ReadWrite, Flag.WriteOnly | Flag.Create,
                Flag.WriteOnly | Flag.Create | Flag.Truncate, Flag.Truncate) },
        < 37 => new Step("cut") { Path = Path(), Flags = chance.Below(3) },
        < 41 => new Step("rewrite") { Path = Path(), Path2 = Word() },
        < 45 => new Step("replace") { Path = Path(), Path2 = Word() },
        < 53 => new Step("copy") { Path = Path(), Path2 = Path() },
        < 60 => new Step("temp") { Path = Path() },
        < 69 =>
            new Step("rename") { Path = Path(), Path2 = Path(),
                Flags = chance.Pick(0, 0, 0, Flag.RenameNoReplace, Flag.RenameExchange) },
        < 71 => new Step("relink") { Path = Path(), Path2 = Path() },
        < 77 => new Step("unlink") { Path = Path() },
        < 80 => new Step("rmdir") { Path = Directory() },
        < 86 => new Step("mkdir") { Path = Path() },
        < 90 => new Step("symlink") { Path = Target(), Path2 = Path() },
        < 91 => new Step("mkfifo") { Path = Path() },
        < 93 => new Step("bind") { Path = Path() },
        < 97 => new Step("chmod") { Path = Path(), Flags = Mode(chance, _isOrdinary, chance.Of(20)) | 0x100 },
        < 98 => new Step("umask") { Path = chance.Pick("077", "0", "022") },
        _ => new Step("touch") { Path = Path() },
    };

    /// <summary>What is opened by one name and used when that name may be another's.</summary>
    private Step Descriptors() => chance.Below(100) switch
    {
        < 25 =>
            new Step("hold") { Path = chance.Of(40) ? Directory() : Path(),
                Flags = chance.Pick(0, 0, 0, Flag.Path, Flag.ReadWrite, Flag.WriteOnly | Flag.Append,
                Flag.ReadWrite | Flag.Create) },
        < 65 =>
            new Step("held") { Path = chance.Pick("read", "again", "cd", "write", "cut", "mode", "list", "list", "at",
                "at", "stat"), Path2 = chance.Pick(Names) },
        < 75 =>
            new Step("confined") { Path = Path(),
                Flags = chance.Pick(0, Flag.ResolveNoSymlinks, Flag.ResolveBeneath, Flag.ResolveInRoot) },
        < 83 => new Step("reopen") { Path = Path() },
        < 88 => new Step("runopen") { Path = chance.Pick("p", "q", "d/p", "b"), Flags = chance.Pick(0, Flag.Path) },
        < 94 => new Step("late") { Path = Directory(), Path2 = Path() },
        _ => new Step("map") { Path = Path(), Path2 = Word() },
    };

    private string Word() => chance.Pick("1", "2", "a", "d/b");

    private string Directory() => chance.Of(45) ? "." : chance.Of(60) ? chance.Pick(s_directories) : Path();

    private string Path() => chance.Below(100) switch
    {
        < 44 => chance.Pick(Names),
        < 70 => $"{chance.Pick(s_directories)}/{chance.Pick(Names)}",
        < 78 => $"{chance.Pick(Names)}/{chance.Pick(Names)}",
        < 84 => $"{chance.Pick(Names)}/../{chance.Pick(Names)}",
        < 87 => $"{chance.Pick(s_directories)}/{chance.Pick(Names)}/{chance.Pick(Names)}",
        < 91 => $"../o/{chance.Pick(Names)}",
        < 94 => $"%/r/{chance.Pick(Names)}",
        < 96 => $"../{chance.Pick(s_directories)}/{chance.Pick(Names)}",
        < 97 => $"{chance.Pick(s_directories)}/{chance.Pick(Names)}/../../{chance.Pick(Names)}",
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

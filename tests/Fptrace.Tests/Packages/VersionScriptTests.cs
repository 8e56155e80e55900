using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Packages;

/// <summary>build/version in the states that a tree can be in. It holds what makes a version, and no code.</summary>
public sealed class VersionScriptTests : IDisposable
{
    private static readonly string[] s_makesVersions =
    [
        "build/version", "Directory.Build.props", "Directory.Packages.props", "src/Directory.Build.props",
        "src/Directory.Build.targets",
        "src/Fptrace.Tool/Fptrace.Tool.csproj", "src/Fptrace.Tool/Native.targets",
        "src/Fptrace.Core/Fptrace.Core.csproj",
        "src/Fptrace.Linux/Fptrace.Linux.csproj",
        "LICENSE", ".gitignore",
    ];

    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void States_EachHaveTheirVersion()
    {
        Requires.Program("git");
        foreach (string name in s_makesVersions)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_directory.Path(name))!);
            File.Copy(Path.Combine(Repository.Root, name), _directory.Path(name));
        }

        Directory.CreateDirectory(_directory.Path("docs"));
        Assert.Matches("^0.1.0-alpha.0.source-[0-9a-f]{8}$", Version());

        Git("init", "-q");
        Git("add", "-A");
        Git("commit", "-q", "-m", "one");
        Assert.Equal("0.1.0-alpha.0.g" + Commit(), Version());

        Git("tag", "v7.8.9");
        Assert.Equal("7.8.9", Version());

        // Such as what README's commands leave, packages among them.
        _directory.Write("deps.json", "[]");
        Assert.Equal("7.8.9", Version());

        _directory.Write("LICENSE", "another");
        string first = Version();
        Assert.Matches("^7.8.10-alpha.0.dirty-[0-9a-f]{8}$", first);
        _directory.Write("src/new.cs", "class New;");
        string second = Version();
        Assert.NotEqual(first, second);

        Git("add", "-A");
        Git("commit", "-q", "-m", "two");
        Assert.Equal("7.8.10-alpha.0.1.g" + Commit(), Version());
        string package = Version("--package");
        Assert.Matches("^7.8.9.1[0-9]{5}$", package);
        _directory.Write("src/new.cs", "class Newer;");
        Assert.Matches($"^7.8.10-alpha.0.1.g{Commit()}.dirty-[0-9a-f]{{8}}$", Version());
        Assert.NotEqual(package, Version("--package"));

        // As a clone of depth 1 is: nobody knows how many commits came before.
        Git("checkout", "-q", ".");
        _directory.Write(".git/shallow", CommandRunner.Run(_directory.Work, ["git", "rev-parse", "HEAD"]).Output);
        Assert.Equal("0.1.0-alpha.0.g" + Commit(), Version());

        // An archive that was unpacked inside of another repository.
        Directory.Move(_directory.Path(".git"), Path.Combine(_directory.Results, ".git"));
        Directory.Move(_directory.Work, Path.Combine(_directory.Results, "unpacked"));
        Assert.Matches("^0.1.0-alpha.0.source-[0-9a-f]{8}$",
            Version(directory: Path.Combine(_directory.Results, "unpacked")));
    }

    private string Commit() =>
        CommandRunner.Run(_directory.Work, ["git", "rev-parse", "--short=12", "HEAD"]).Output.Trim();

    private string Version(string option = "", string? directory = null)
    {
        CommandResult result = CommandRunner.Run(directory ?? _directory.Work, ["bash", "build/version", option]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return result.Output.Trim();
    }

    private void Git(params string[] arguments)
    {
        CommandResult result = CommandRunner.Run(_directory.Work,
            ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}

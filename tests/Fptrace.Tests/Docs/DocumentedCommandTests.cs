using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Docs;

/// <summary>What the pages tell a reader to type works as it stands.</summary>
/// <remarks>
/// The blocks of a page are typed one after the other into bash, in a directory with a small project in C, with the
/// tool in PATH and a home of its own. A block that cannot be typed there says so, and why, in a comment before it:
/// <see cref="CommandBlock.Where"/>. Pages about MSBuild are tried by Fptrace.MSBuild.Tests.
/// </remarks>
public sealed class DocumentedCommandTests : IDisposable
{
    private const string InTheClone = "in the clone";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private static readonly string[] s_elsewhere = ["docs/msbuild.md", "samples/README.md",
        "src/Fptrace.MSBuild/README.md"];
    private readonly WorkDirectory _directory = new();

    public static TheoryData<string> Pages() =>
        new(AllPages().Except(s_elsewhere)
            .Where(page => Blocks(page).Any(block => block.Where.Length == 0 && !NeedsPackages(block))));

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Pages))]
    public void Commands_AsTheyStand_Work(string page)
    {
        Prepare();
        foreach (CommandBlock block in Blocks(page).Where(block => block.Where.Length == 0 && !NeedsPackages(block)))
        {
            CommandResult typed = Work(page, block, _directory.Work);
            Assert.All(block.Promises,
                promise => Assert.Contains(promise, typed.Error + typed.Output, StringComparison.Ordinal));
        }
    }

    [SkippableFact]
    public void Packages_InstalledAsReadmeSays_AreThoseThatWereMade()
    {
        string packages = Environment.GetEnvironmentVariable("FPTRACE_PACKAGES") ?? "";
        Requires.That(packages.Length > 0, "needs packages that build/pack has made (FPTRACE_PACKAGES)");
        Prepare();
        CommandResult typed = Work("README.md", Assert.Single(Blocks("README.md"), NeedsPackages), _directory.Work);
        string package =
            Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(packages, "Fptrace.MSBuild.*.nupkg")));
        Assert.Contains($"(version '{package["Fptrace.MSBuild.".Length..]}')", typed.Output, StringComparison.Ordinal);
        Assert.Contains("\nfptrace ", typed.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Clone_CommandsForIt_WorkAndLeaveNothingBehind()
    {
        Requires.Program("git");
        string before = Status();
        foreach ((string page, CommandBlock block) in AllPages()
            .SelectMany(page => Blocks(page).Select(block => (page, block)))
                .Where(item => item.block.Where == InTheClone))
        {
            Work(page, block, Repository.Root);
        }

        Assert.Equal(before, Status());
        Assert.Contains("\n/packages/\n", File.ReadAllText(Path.Combine(Repository.Root, ".gitignore")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Markers_SayWhereOrWhyNot() => Assert.All(
        AllPages().SelectMany(Blocks),
        block =>
            Assert.True(block.Where is "" or InTheClone || block.Where.StartsWith("no, ", StringComparison.Ordinal),
                block.Where));

    private static string Status() =>
        CommandRunner.Run(Repository.Root, ["git", "-c", "safe.directory=*", "status", "--porcelain"]).Output;

    private static IEnumerable<string> AllPages() =>
        ((string[])["README.md", "CONTRIBUTING.md", "samples/README.md", "src/Fptrace.MSBuild/README.md",
            .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Order(StringComparer.Ordinal)
                .Select(page => Path.GetRelativePath(Repository.Root, page))]);

    private static IReadOnlyList<CommandBlock> Blocks(string page) =>
        CommandBlock.Read(Path.Combine(Repository.Root, page));

    private static bool NeedsPackages(CommandBlock block) =>
        block.Text.Contains("build/pack", StringComparison.Ordinal);

    /// <summary>The project, and build/pack as something that has made its packages already: making them takes
    /// minutes.</summary>
    private void Prepare()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(TestProgram.Folder, "project")))
        {
            File.Copy(file, _directory.Path(Path.GetFileName(file)));
        }

        Directory.CreateDirectory(_directory.Path("build"));
        Directory.CreateDirectory(_directory.Path("include"));
        Directory.CreateDirectory(Path.Combine(_directory.Results, "bin"));
        _directory.Write("include/hello.h", "#define HELLO 1\n");
        _directory.Write("hello.c", "#include \"hello.h\"\nint hello(void) { return HELLO; }\n");
        _directory.WriteExecutable("build.sh", "#!/bin/sh\nmake\n");
        _directory.WriteExecutable("build/pack",
            "#!/bin/sh\nmkdir -p \"$1\" && cp \"$FPTRACE_PACKAGES\"/*.nupkg \"$1\"\n");
        _directory.WriteExecutable("../results/bin/fptrace",
            $"#!/bin/sh\nexec {string.Join(' ', FptraceExecutable.Command.Select(word => $"'{word}'"))} \"$@\"\n");
    }

    /// <summary>Types the block and expects success.</summary>
    private CommandResult Work(string page, CommandBlock block, string directory)
    {
        foreach (string program in ((string[])["make", "gcc", "jq"])
            .Where(name => block.Text.Contains(name + " ", StringComparison.Ordinal)))
        {
            Requires.Program(program);
        }

        // In the clone the reader's home serves, with what a build needs; elsewhere nothing of it does.
        string home = Directory.CreateDirectory(Path.Combine(_directory.Results, "home")).FullName;
        string[] own = directory == Repository.Root
            ? []
            : [$"HOME={home}", $"DOTNET_CLI_HOME={home}", $"NUGET_PACKAGES={home}/packages"];
        string path = $"{home}/.dotnet/tools:{Path.Combine(_directory.Results, "bin")}:"
            + Environment.GetEnvironmentVariable("PATH");
        CommandResult typed = CommandRunner.Run(
            directory,
            ["env", "-u", "XDG_CACHE_HOME", .. own, $"PATH={path}", "RunAnalyzers=false", "DOTNET_NOLOGO=1",
                "DOTNET_CLI_TELEMETRY_OPTOUT=1", "bash", "-euc", block.Text],
            s_limit);
        Requires.That(typed.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {typed.Error}");
        Assert.True(typed.ExitCode == 0, $"{page}:{block.Line}: exit {typed.ExitCode}\n{typed.Output}{typed.Error}");
        return typed;
    }
}

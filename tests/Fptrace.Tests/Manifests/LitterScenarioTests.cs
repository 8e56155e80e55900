using System.Globalization;
using Fptrace.Engine;
using Fptrace.Steps;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>What known tools leave for themselves, beside what a step makes for others.</summary>
public sealed class LitterScenarioTests
{
    [SkippableTheory]
    [InlineData(".npm/_logs/new.log")]
    [InlineData(".npm/_update-notifier-last-checked")]
    [InlineData(".cache/go-build/ab/new")]
    [InlineData(".dotnet/9.9.999.dotnetFirstUseSentinel")]
    [InlineData(".local/share/CSharpier/.formattingCache")]
    [InlineData(".cargo/.global-cache")]
    public void ToolOfTheUserLeavesLitter_Skips(string litter)
    {
        using var scenario = InHome("find \"$HOME\" > /dev/null; echo 1 > out");
        string path = scenario.Directory.Path("home/" + litter);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        scenario.RunTwice();
        File.WriteAllText(path, "litter");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("MSBuildTemplates/a")]
    [InlineData("NuGetScratchpad/a")]
    [InlineData("home/.config/go/telemetry/mode")]
    [InlineData("home/.cache/ccache/a/stats")]
    public void WhatOnlyLooksLikeLitter_Runs(string path)
    {
        using var scenario = InHome("cat " + path);
        Directory.CreateDirectory(Path.GetDirectoryName(scenario.Directory.Path(path))!);
        scenario.Directory.Write(path, "1");
        scenario.RunTwice();
        scenario.Directory.Write(path, "2");
        scenario.RunsBecause("input changed: " + path);
    }

    [SkippableFact]
    public void StepLeavesLitterItself_IsNoOutput()
    {
        using var scenario =
            InHome(
                "mkdir -p \"$HOME/.npm/_logs\" __pycache__ && echo 1 > \"$HOME/.npm/_logs/$$\"; echo 2 > "
                    + "__pycache__/a.cpython-311.pyc; echo 3 > out");
        scenario.RunTwice();
        Assert.Equal(["home/.npm", "out"], scenario.Recorded().Outputs.Select(output => output.Path.ToString()));
    }

    [SkippableFact]
    public void NoDefaultIgnore_LitterCounts()
    {
        using var scenario = InHome("ls \"$HOME/.npm/_logs\" > /dev/null; echo 1 > out");
        Directory.CreateDirectory(scenario.Directory.Path("home/.npm/_logs"));
        scenario.RunTwice();
        scenario.Options = ["--no-default-ignore"];
        scenario.RunsBecause("nothing is ignored by default any more");
        scenario.Directory.Write("home/.npm/_logs/new", "");
        scenario.RunsBecause("directory gained: home/.npm/_logs/new");
        Assert.Contains("(--ignore leaves it out, --ignore-listing all names in that directory)",
            RunAgainBecauseOf(scenario, "home/.npm/_logs/other"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void AnotherHome_Runs()
    {
        using var scenario = InHome("echo 1 > out");
        scenario.RunTwice();
        scenario.Launcher = ["env", "HOME=/nowhere"];
        Assert.Equal("HOME changed", scenario.Run());
    }

    /// <summary>Empty directories, and what cargo keeps wherever CARGO_HOME says.</summary>
    [SkippableTheory]
    [InlineData("d=$(mktemp -d); mkdir $d/deep")]
    [InlineData("for f in package-cache package-cache-mutate global-cache-wal; do echo $$ >> $TMPDIR/.$f; done")]
    public void WhatToolsLeaveOutsideTheRoot_IsNoOutput(string left)
    {
        using var scenario = new RunScenario("sh", "-c", left + "; echo 1 > out");
        using var elsewhere = new WorkDirectory();
        scenario.Launcher = ["env", "TMPDIR=" + elsewhere.Work];
        scenario.RunTwice();
        Assert.Equal(["out"], scenario.Recorded().Outputs.Select(output => output.Path.ToString()));
        elsewhere.Clear();
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void DirectoryWithAFileOutsideTheRoot_IsAnOutput()
    {
        using var elsewhere = new WorkDirectory();
        string directory = elsewhere.Path("made");
        using var scenario = new RunScenario("sh", "-c",
            $"mkdir -p {directory}/empty {directory}/full; echo 1 > {directory}/full/file");
        scenario.RunTwice();
        Assert.Equal([directory, directory + "/full", directory + "/full/file"],
            scenario.Recorded().Outputs.Select(output => output.Path.ToString()));
        elsewhere.Clear();
        Assert.Equal($"output missing: {directory}", scenario.Run());
    }

    [SkippableFact]
    public void ListingIgnored_NewNameSkips()
    {
        using var scenario = new RunScenario("sh", "-c", "ls sub sub/deep > /dev/null; echo 1 > out");
        Directory.CreateDirectory(scenario.Directory.Path("sub/deep"));
        scenario.Options = ["--ignore-listing", "sub"];
        scenario.RunTwice();
        scenario.Directory.Write("sub/new", "");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Directory.Write("sub/deep/new", "");
        scenario.RunsBecause("directory gained: sub/deep/new");
        Directory.Delete(scenario.Directory.Path("sub"), recursive: true);
        scenario.Directory.Write("sub", "");
        Assert.Equal("input replaced by a file: sub", scenario.Run(0));
    }

    [SkippableFact]
    public void ListingsAboveTheRootIgnored_NewNameThereSkips()
    {
        using var scenario = new RunScenario("sh", "-c", "ls .. > /dev/null; echo 1 > out");
        scenario.Options = ["--ignore-listing", ".."];
        scenario.RunTwice();
        File.WriteAllText(scenario.Directory.Path("../new"), "");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableTheory]
    [InlineData("~/notes")]
    [InlineData("$HOME/notes")]
    [InlineData("${HOME}/notes/*.txt")]
    public void PatternInTheHomeDirectory_IsIgnoredThere(string pattern)
    {
        using var scenario = InHome("cat \"$HOME/notes/a.txt\" notes/a.txt > /dev/null; echo 1 > out");
        Directory.CreateDirectory(scenario.Directory.Path("home/notes"));
        Directory.CreateDirectory(scenario.Directory.Path("notes"));
        scenario.Directory.Write("home/notes/a.txt", "1");
        scenario.Directory.Write("notes/a.txt", "1");
        scenario.Options = ["--ignore", pattern];
        scenario.RunTwice();
        scenario.Directory.Write("home/notes/a.txt", "2");
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        scenario.Directory.Write("notes/a.txt", "2");
        scenario.RunsBecause("input changed: notes/a.txt");
    }

    [SkippableFact]
    public void CompiledPython_IsNeitherInputNorOutput()
    {
        using RunScenario scenario = Python();
        scenario.RunTwice();
        scenario.Directory.Write("other", "2");
        scenario.RunsBecause("input changed: other");
        Assert.True(File.Exists(Compiled(scenario)));
        Assert.DoesNotContain(AllPaths(scenario), path => path.Contains("__pycache__", StringComparison.Ordinal));
        Directory.Delete(scenario.Directory.Path("__pycache__"), recursive: true);
        Assert.Equal(RunScenario.Skipped, scenario.Run());
    }

    [SkippableFact]
    public void CompiledPythonThatIsNotCompared_IsAnInput()
    {
        using RunScenario scenario = Python();
        Assert.Equal(0, CommandRunner.Run(
            scenario.Directory.Work,
            ["env", "-u", "PYTHONDONTWRITEBYTECODE", "python3", "-m", "compileall", "-q", "--invalidation-mode",
            "unchecked-hash", "helper.py"]).ExitCode);
        scenario.RunTwice();
        string compiled = Path.GetRelativePath(scenario.Directory.Work, Compiled(scenario));
        File.Delete(Compiled(scenario));
        scenario.RunsBecause("input missing: " + compiled);
    }

    [SkippableFact]
    public void CompiledPythonOlderThanItsSource_IsAnInput()
    {
        using RunScenario scenario = Python();
        scenario.RunTwice();
        scenario.Directory.Write("other", "2");

        // Time and size are as they were, as after a second change within a second: Python takes the old text for the
        // new one.
        string source = scenario.Directory.Path("helper.py");
        DateTime time = File.GetLastWriteTimeUtc(source);
        File.WriteAllText(source, File.ReadAllText(source).Replace('1', '2'));
        File.SetLastWriteTimeUtc(source, time);
        scenario.Run();
        Assert.Equal(RunScenario.Skipped, scenario.Run());
        File.Delete(Compiled(scenario));
        Assert.StartsWith("input missing: __pycache__/helper.", scenario.Run(), StringComparison.Ordinal);
        Assert.Equal("2\n", scenario.Last.Output);
    }

    [SkippableFact]
    public void SocketFileIsServedAnew_Runs()
    {
        using var scenario = new RunScenario(TestPrograms.Path("verdict"), "stale");
        string path = scenario.Directory.Path("stale");
        Leave(path);
        scenario.RunTwice();
        File.Delete(path);
        Leave(path);
        scenario.RunsBecause("input changed: stale");
    }

    [Fact]
    public void Entries_AreUnderstood()
    {
        var step = new StepIdentity
        {
            Command = [SampleManifest.Bytes("true")],
            Directory = SampleManifest.Bytes("/home/user/src"),
            Root = SampleManifest.Bytes("/home/user/src"),
            Home = SampleManifest.Bytes("/home/user"),
            DefaultIgnores = DefaultIgnores.Version,
        };
        foreach (DefaultIgnore entry in DefaultIgnores.All)
        {
            string path = entry.Pattern.Replace("~/", "/home/user/", StringComparison.Ordinal)
                .Replace("**", "a/b", StringComparison.Ordinal)
                .Replace("[0-9]*", "1", StringComparison.Ordinal).Replace("*", "c", StringComparison.Ordinal);
            ReadOnlySpan<byte> bytes = SampleManifest.Bytes(path).Span;
            Assert.True(IgnoredPaths.AsNames(step).Matches(bytes), path);
            Assert.Equal(entry.As is IgnoredAs.Output or IgnoredAs.All, IgnoredPaths.AsOutputs(step).Matches(bytes));
            Assert.Equal(entry.As == IgnoredAs.All, IgnoredPaths.Of(step).Matches(bytes));
            Assert.False(IgnoredPaths.AsNames(step with { DefaultIgnores = 0 }).Matches(bytes), path);
        }
    }

    /// <summary>The page has a row for each entry, with the reason.</summary>
    [Fact]
    public void Page_HasEveryEntryAndTheVersion()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "ignored.md"));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture,
            $"This is version {DefaultIgnores.Version} of the list."), page, StringComparison.Ordinal);
        string[] missing = [.. DefaultIgnores.All.Select(entry => $"| `{entry.Pattern}` | {Word(entry.As)} |")
            .Where(row => !page.Contains(row, StringComparison.Ordinal))];
        Assert.Empty(missing);

        static string Word(IgnoredAs kind) =>
            kind switch { IgnoredAs.All => "all", IgnoredAs.Output => "output, name", _ => "name" };
    }

    private static RunScenario InHome(string script)
    {
        var scenario = new RunScenario("sh", "-c", script);
        string home = Directory.CreateDirectory(scenario.Directory.Path("home")).FullName;
        scenario.Launcher = ["env", "HOME=" + home];
        return scenario;
    }

    private static RunScenario Python()
    {
        Requires.Program("python3");
        var scenario = new RunScenario("python3", "main.py") { Launcher = ["env", "-u", "PYTHONDONTWRITEBYTECODE"] };
        scenario.Directory.Write("main.py", "import helper\nopen('other').read()\nprint(helper.value)\n");
        scenario.Directory.Write("helper.py", "value = 1\n");
        scenario.Directory.Write("other", "1");
        return scenario;
    }

    private static string Compiled(RunScenario scenario) =>
        Directory.GetFiles(scenario.Directory.Path("__pycache__"), "helper.*.pyc").Single();

    private static IEnumerable<string> AllPaths(RunScenario scenario)
    {
        Manifest manifest = scenario.Recorded();
        return manifest.Observations.Select(observation => observation.Path)
            .Concat(manifest.Outputs.Select(output => output.Path))
            .Where(path => StoredPath.IsBelowRoot(path)).Select(path => path.ToString());
    }

    private static string RunAgainBecauseOf(RunScenario scenario, string name)
    {
        scenario.Directory.Write(name, "");
        scenario.Run();
        return scenario.Last.Error;
    }

    private static void Leave(string path)
    {
        using var server = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        server.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        File.Move(path, path + ".kept");
        server.Dispose();
        File.Move(path + ".kept", path);
    }
}

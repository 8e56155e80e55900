using System.Text.RegularExpressions;
using Fptrace.Engine;

namespace Fptrace.Roots;

/// <summary>The native tool needs nothing of the machine but /proc.</summary>
public sealed class MinimalRootTests : IClassFixture<RootsFixture>
{
    // The paths in full: busybox's shell runs what it is itself without an execution.
    private const string Pipeline = """
        fptrace -d deps.json sh -c 'echo a > a; /bin/cat a | /bin/tee b; exec /bin/false'
        echo "exit $?"
        cat deps.json
        """;

    private const string Runs = """
        run() { fptrace run --cache=/w/cache cp in out 2>&1 || echo "exit $?"; }
        echo one > in; run; run
        echo two > in; run
        rm out; echo one > in; run
        cat out
        """;

    private readonly MinimalRoots _roots;

    public MinimalRootTests(RootsFixture fixture) => _roots = fixture.Roots;

    public static TheoryData<string, string> Roots { get; } = new()
    {
        { "busybox", "proc" },
        { "busybox", "proc read-only" },
        { "busybox", "proc user" },
        { "busybox", "proc docker" },
        { "busybox", "proc podman" },
        // Kubernetes calls this "restricted".
        { "busybox", "proc user read-only docker" },
        { "musl", "proc" },
        { "debian", "proc" },
        { "debian", "proc user read-only docker" },
    };

    [SkippableTheory]
    [MemberData(nameof(Roots))]
    public void Pipeline_HasItsRecords(string root, string options)
    {
        CommandResult result = _roots.Run(root, options, Pipeline);
        Assert.Equal("", result.Error);
        Assert.StartsWith("a\nexit 1\n", result.Output, StringComparison.Ordinal);
        IReadOnlyDictionary<string, DepsRecord> records = DepsRecord.ReadText(result.Output["a\nexit 1\n".Length..])
            .ToDictionary(record => Path.GetFileName(record.Arguments[0]));
        Assert.Equal(["cat", "false", "sh", "tee"], records.Keys.Order());
        Assert.Equal(["/w/a"], records["cat"].OwnInputs);
        string pipe = Assert.Single(records["cat"].Outputs);
        Assert.Equal([pipe], records["tee"].OwnInputs);
        Assert.Equal(["/dev/stdout", "/w/b"], records["tee"].Outputs.Order());
        Assert.Equal(["/w/a"], records["sh"].Outputs);
        Assert.Equal((1, records["false"].Id), (records["false"].Exit, records["sh"].Exec));
    }

    [SkippableTheory]
    [MemberData(nameof(Roots))]
    public void Step_RunsIsSkippedRunsAgainAndComesFromTheCache(string root, string options)
    {
        CommandResult result = _roots.Run(root, options, Runs);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(
            """
            ^fptrace: run: no manifest: [^\n]+
            fptrace: ran in [^\n]+, 1 output
            fptrace: up to date, not run: cp in out [^\n]+
            fptrace: run: input changed: in; not in the cache
            fptrace: ran in [^\n]+, 1 output
            fptrace: from the cache, not run: cp in out [^\n]+
            one
            $
            """.ReplaceLineEndings("\n").TrimEnd().Replace("\n$", "\n\\z", StringComparison.Ordinal), result.Output);
    }

    [SkippableFact]
    public void WithoutProc_NothingStartsAndOneLineSaysWhy()
    {
        foreach (string verb in (string[])["", "run"])
        {
            CommandResult result = _roots.Run("busybox", "", $"fptrace {verb} /bin/tee marker; echo $?; echo *");
            Assert.Equal($"{ExitCodes.TracingDenied}\n*\n", result.Output);
            Assert.Matches(@"\Afptrace: /proc [^\n]+mount[^\n]+\n\z", result.Error);
        }
    }

    /// <summary>What a root would take from the machine, or not find.</summary>
    [SkippableFact]
    public void EmptyRoot_IsAskedForNoLibraryAndNoConfiguration()
    {
        Support.Requires.Program("strace");
        CommandResult result = _roots.Run("busybox", "proc", Runs, "strace", "-f", "-qq", "-e", "trace=open,openat");
        string[] opened = [.. Regex.Matches(result.Error, "open(?:at)?\\(\\S+ \"(/[^\"]+)\"")
            .Select(match => match.Groups[1].Value).Distinct().Order()];
        Assert.Contains("/proc/self/status", opened);
        Assert.DoesNotContain(opened, path => Regex.IsMatch(path, @"\.so\b|gconv|locale/|openssl|/ssl/|icu"));
    }
}

using System.Text;
using Fptrace.Engine;
using Fptrace.Steps;
using Fptrace.Support;

namespace Fptrace.Workflows;

/// <summary>The project of a workflow in a directory of its own, with a home and a cache beside it.</summary>
internal sealed class WorkflowTree : IDisposable
{
    // On a busy machine a build takes minutes.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private readonly WorkDirectory _directory = new();
    private readonly Workflow _workflow;

    public WorkflowTree(Workflow workflow)
    {
        _workflow = workflow;
        foreach (string folder in (string[])["home", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(_directory.Results, folder));
        }

        Clone();
    }

    public string Project => _directory.Path("project");

    /// <summary>Variables of every run besides the test's own: what a row of a CI system adds.</summary>
    public IReadOnlyList<string> Variables { get; set; } = [];

    public CommandResult Last { get; private set; } = new(0, "", "");

    /// <summary>The project as it was checked in, and nothing else, in the same place.</summary>
    public void Clone()
    {
        if (Directory.Exists(Project))
        {
            Directory.Delete(Project, recursive: true);
        }

        foreach ((string path, string text) in _workflow.Files)
        {
            Write(path, text);
        }

        if (_workflow.Config is { } config)
        {
            Write("fptrace.json", config);
        }

        // Its top is the step's root, as in every clone.
        Directory.CreateDirectory(Path.Combine(Project, ".git"));
        foreach (IReadOnlyList<string> command in _workflow.Preparation)
        {
            CommandResult prepared = CommandRunner.Run(Project, [.. Home(), .. Untraced, .. command], s_limit);
            Requires.That(prepared.ExitCode == 0, $"{string.Join(' ', command)}: {prepared.Output}{prepared.Error}");
        }
    }

    /// <summary>Types <c>fptrace run</c> and expects success.</summary>
    public void Run()
    {
        string store = Path.Combine(_directory.Results, "store");
        Last = CommandRunner.Run(Project,
            [.. Home(), .. FptraceExecutable.Command, "run", $"--cache={store}", "--", .. _workflow.Command], s_limit);
        Requires.That(Last.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {Last.Error}");
        Assert.True(Last.ExitCode == 0, Last.Error + Last.Output);
    }

    public void Edit(string from, string to)
    {
        string path = Path.Combine(Project, _workflow.Edited);
        string text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>Whether the result holds a text, in the bytes of UTF-8 or of UTF-16.</summary>
    public bool ResultHolds(string text)
    {
        if (_workflow.Result is not { } result)
        {
            return Last.Output.Contains(text, StringComparison.Ordinal);
        }

        string path = Path.Combine(Project, result);
        byte[] bytes = [.. (Directory.Exists(path) ? Directory.GetFiles(path) : [path]).SelectMany(File.ReadAllBytes)];
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0
            || bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
    }

    public void Dispose() => _directory.Dispose();

    private void Write(string path, string text)
    {
        string whole = Path.Combine(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
    }

    // What fptrace run does for its commands.
    private static IEnumerable<string> Untraced =>
        from rule in ServerRules.All where rule.Kind == ServerRuleKind.Variable select $"{rule.Name}={rule.Value}";

    // A home of its own, as every user has one; packages and toolchains are where this user keeps them. Nobody has told
    // a tool anything of servers.
    private IReadOnlyList<string> Home()
    {
        string real = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string home = Path.Combine(_directory.Results, "home");
        IEnumerable<string> foreign = from string name in Environment.GetEnvironmentVariables().Keys
                                      where name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                                          || name is "SharedCompilationId" or "PYTHONDONTWRITEBYTECODE"
                                          || ServerRules.All.Any(rule => rule.Name == name)
                                      from word in (string[])["-u", name]
                                      select word;
        return
        [
            "env", .. foreign, $"HOME={home}", $"DOTNET_CLI_HOME={home}",
            $"TMPDIR={Path.Combine(_directory.Results, "tmp")}",
            "NUGET_PACKAGES="
                + (Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(real, ".nuget/packages")),
            $"CARGO_HOME={Environment.GetEnvironmentVariable("CARGO_HOME") ?? Path.Combine(real, ".cargo")}",
            $"RUSTUP_HOME={Environment.GetEnvironmentVariable("RUSTUP_HOME") ?? Path.Combine(real, ".rustup")}",
            "DOTNET_NOLOGO=1", "DOTNET_GENERATE_ASPNET_CERTIFICATE=0",
            .. Variables,
        ];
    }
}

using System.Diagnostics;
using Fptrace.Engine;
using Fptrace.Manifests.Format;
using Fptrace.Support;

namespace Fptrace.Manifests;

/// <summary>A directory in which the same command is run again and again by the real <c>fptrace run</c>.</summary>
internal sealed class RunScenario : IDisposable
{
    /// <summary>What <see cref="Run"/> answers when the command did not run.</summary>
    public const string Skipped = "skipped";

    private const string RunLine = "fptrace: run: ";
    private const string SkipLine = "fptrace: up to date, not run: ";

    public RunScenario(params IReadOnlyList<string> command) => Command = command;

    public WorkDirectory Directory { get; } = new();

    public IReadOnlyList<string> Command { get; set; }

    /// <summary>Options of <c>fptrace run</c>.</summary>
    public IReadOnlyList<string> Options { get; set; } = [];

    /// <summary>What starts fptrace, such as env.</summary>
    public IReadOnlyList<string> Launcher { get; set; } = [];

    /// <summary>All words that run it.</summary>
    public IReadOnlyList<string> CommandLine =>
        [.. Launcher, .. FptraceExecutable.Command, "run", "--root", Directory.Work, "--manifest", Manifest, .. Options,
            "--", .. Command];

    public CommandResult Last { get; private set; } = new(0, "", "");

    public string Manifest => Path.Combine(Directory.Results, "step.json");

    /// <summary>Runs it, and expects the exit code 0.</summary>
    /// <returns>The reason why it ran, or <see cref="Skipped"/>.</returns>
    public string Run(int exitCode = 0)
    {
        Last = CommandRunner.Run(Directory.Work, CommandLine);
        Requires.That(Last.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {Last.Error}");
        Assert.True(Last.ExitCode == exitCode, $"exit {Last.ExitCode}: {Last.Error}{Last.Output}");
        string line = Array.Find(Last.Error.Split('\n'), text => text.StartsWith(SkipLine, StringComparison.Ordinal)
            || text.StartsWith(RunLine, StringComparison.Ordinal)) ?? "";
        return line.StartsWith(SkipLine, StringComparison.Ordinal) ? Skipped
            : line.StartsWith(RunLine, StringComparison.Ordinal) ? Bare(line[RunLine.Length..])
            : throw new Xunit.Sdk.XunitException($"neither run nor skipped: {Last.Error}");
    }

    /// <summary>Starts it, and waits until its command has made this file.</summary>
    public Process Start(string until)
    {
        Process process = CommandRunner.Start(Directory.Work, CommandLine);
        Assert.True(Wait.Until(() => File.Exists(Directory.Path(until)) || process.HasExited));
        Requires.That(File.Exists(Directory.Path(until)), "needs ptrace");
        return process;
    }

    /// <summary>Runs it for the first time; the second time it is skipped.</summary>
    public void RunTwice()
    {
        Assert.Equal("no manifest: this command was not run before", Run());
        Assert.DoesNotContain("it will run again", Last.Error, StringComparison.Ordinal);
        Assert.Equal(Skipped, Run());
    }

    /// <summary>Runs it, for this reason, and then it is up to date again.</summary>
    public void RunsBecause(string reason)
    {
        Assert.Equal(reason, Run());
        Assert.Equal(Skipped, Run());
    }

    /// <summary>Why the last run does not count.</summary>
    public string Refusal()
    {
        const string Line = "fptrace: it will run again: ";
        string line = Last.Error.Split('\n').First(text => text.StartsWith(Line, StringComparison.Ordinal));
        return Bare(line[Line.Length..]);
    }

    /// <summary>Without what can be done about it, which stands in brackets.</summary>
    private static string Bare(string reason) =>
        reason.EndsWith(')') && reason.LastIndexOf(" (--", StringComparison.Ordinal) is int at and >= 0
        ? reason[..at]
        : reason;

    public Manifest Recorded() =>
        ManifestFile.Load(Manifest).Manifest ?? throw new Xunit.Sdk.XunitException(ManifestFile.Load(Manifest).Reason);

    public void Dispose() => Directory.Dispose();
}

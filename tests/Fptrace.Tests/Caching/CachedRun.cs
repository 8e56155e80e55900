using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>A project directory in which the real executable runs commands with a cache.</summary>
internal sealed class CachedRun : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public CachedRun()
    {
        Store = Path.Combine(_directory.Results, "store");
    }

    public string Root => _directory.Work;

    public string Store { get; }

    public IReadOnlyList<string> Prefix => [.. FptraceExecutable.Command, "run", "--root", Root, $"--cache={Store}"];

    public string At(string name) => _directory.Path(name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    public string Read(string name) => File.ReadAllText(At(name));

    /// <summary>Runs a command; the test skips where tracing is not to be had.</summary>
    public CommandResult Run(params string[] command) => Run([], command);

    public CommandResult Run(IReadOnlyList<string> options, IReadOnlyList<string> command)
    {
        CommandResult result = CommandRunner.Run(Root, [.. Prefix, .. options, "--", .. command]);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {result.Error}");
        return result;
    }

    /// <summary>Runs a command with an input, then with another one, and puts the first one back.</summary>
    public void RunWithTwoInputs(params string[] command)
    {
        Write("in", "1");
        AssertRan(Run(command));
        Write("in", "2");
        AssertRan(Run(command));
        Write("in", "1");
    }

    public CommandResult Care(params string[] words) =>
        CommandRunner.Run(Root, [.. FptraceExecutable.Command, "cache", .. words, Store]);

    public void AssertSound()
    {
        CommandResult verified = Care("verify");
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
    }

    public static void AssertRan(CommandResult result) =>
        Assert.Contains("fptrace: run: ", result.Error, StringComparison.Ordinal);

    public static void AssertHit(CommandResult result) =>
        Assert.Contains("fptrace: from the cache, not run: ", result.Error, StringComparison.Ordinal);

    public static void AssertSkipped(CommandResult result) =>
        Assert.Contains("fptrace: up to date, not run: ", result.Error, StringComparison.Ordinal);

    public void Dispose() => _directory.Dispose();
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Fptrace.Engine;

/// <summary><c>dotnet build</c> leaves a compiler server and nodes behind, and each <c>--survivors</c> does with them
/// what its user expects.</summary>
/// <remarks>One engine: that a survivor is treated alike under all is the business of
/// <see cref="SurvivorTests"/>.</remarks>
[Collection(DotnetProjects.Builds)]
public sealed partial class BuildServerTests : IClassFixture<DotnetProjects>, IDisposable
{
    private const string Engine = "notify";
    private readonly DotnetProjects _projects;
    private readonly string _id = "fptrace-test-" + Path.GetRandomFileName();

    public BuildServerTests(DotnetProjects projects)
    {
        _projects = projects;
        _projects.Clean();
    }

    private string[] BuildLibrary => ["dotnet", "build", "library", "--no-restore", "-p:SharedCompilationId=" + _id];

    // With a rooted name it would be where TMPDIR is, too.
    private string CompilerSocket => "/tmp/" + _id;

    [SkippableFact]
    public void Kill_LeavesNoCompilerServer()
    {
        TracedRun run = Trace("kill", BuildLibrary);
        AssertBuilt(run);
        AssertSurvivors(run, "VBCSCompiler");
        Assert.Empty(Left());
    }

    [SkippableFact]
    public void Linger_LeavesACompilerServerThatTheNextBuildUses()
    {
        TracedRun run = Trace("linger", BuildLibrary);
        AssertBuilt(run);
        AssertSurvivors(run, "VBCSCompiler");

        // The server compiled: its accesses are in the trace although it goes on.
        string source = _projects.Directory.Path("library/Library.cs");
        TracedExecution server = Assert.Single(run.Trace.Executions,
            execution => execution.Path.EndsWith("/VBCSCompiler", StringComparison.Ordinal));
        Assert.Contains(server.Accesses, access => access.Path == source && access.Kind == "read");
        int[] left = Left();

        // Who waits now waits for nobody, and only the server reads the source.
        _projects.Clean();
        TracedRun next = Trace("wait", BuildLibrary);
        AssertBuilt(next);
        Assert.Matches("^fptrace: the trace is incomplete: local-server: [^\n]+\n$", next.Result.Error);
        Assert.DoesNotContain(next.Trace.Accesses, access => access.Path == source && access.Kind == "read");
        Assert.Contains($"\"local-server\",\"pid\":", next.Trace.Verdict, StringComparison.Ordinal);
        Assert.Contains(CompilerSocket, next.Trace.Verdict, StringComparison.Ordinal);
        Assert.Equal(left, Left());

        ShutDown(server.Path);
        Assert.All(left, LiveRun.AwaitEnd);
    }

    [SkippableFact]
    public void Wait_NamesTheCompilerServerAndEndsWithIt()
    {
        using LiveRun run = LiveRun.Start(
            _projects.Directory, Engine, [], BuildLibrary,
            [.. _projects.Alone(_id), "sh", "-c", "exec \"$@\" 2>said", "sh"]);
        string said = run.Await("said", text => CompilerServer.IsMatch(text));
        Match server = CompilerServer.Match(said);
        Assert.Equal(
            ["fptrace: the command has ended; waiting for what it left behind (Ctrl-C or SIGTERM ends it; see "
                + "--survivors):", server.Value], said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(int.Parse(server.Groups["pid"].Value, CultureInfo.InvariantCulture), Left());

        ShutDown(server.Groups["program"].Value);
        TracedRun traced = TracedRun.Of(_projects.Directory, run.Finish());
        AssertBuilt(traced);

        // Who told it to end is no process of the command.
        Assert.Contains("\"allFiles\":true", traced.Trace.Verdict, StringComparison.Ordinal);
        Assert.Contains("connected to its unix socket", traced.Trace.Verdict, StringComparison.Ordinal);
        Assert.Empty(Left());
    }

    [SkippableFact]
    public void Linger_LeavesANodeThatTheNextBuildUses()
    {
        TracedRun run = Trace("linger", "dotnet", "build", "both.proj", "-m:2", "-nodeReuse:true");
        AssertBothBuilt(run);

        // It keeps none at a lowered priority, or when there are many on the machine.
        Skip.If(Kinds(run).Length == 0, "needs a dotnet that keeps its nodes");
        AssertSurvivors(run, "nodemode");
        Assert.Single(run.Trace.Executions, IsNode);
        int[] left = Left();

        // On a busy machine a build does not wait for an idle node to answer and starts one of its own;
        // where there are many nodes it ends the one that it used.
        bool used = false;
        for (int i = 0; i < 5 && !used && Left().Length > 0; i++)
        {
            _projects.Clean();
            TracedRun next = Trace("kill", "dotnet", "build", "both.proj", "-m:2", "-nodeReuse:true");
            AssertBothBuilt(next);
            used = !next.Trace.Executions.Any(IsNode);
            Assert.True(!used || next.Trace.Verdict.Contains("\"local-server\"", StringComparison.Ordinal),
                next.Trace.Verdict);
        }

        // It ends in order, if it has not, and its tracer with it: all that it does then is answered.
        Linux.Processes.Children.Kill(int.Parse(Assert.Single(SurvivorPid.Matches(run.Trace.Verdict)).Groups[1].Value,
            CultureInfo.InvariantCulture), Linux.Headers.signal.SIGTERM);
        Assert.All(left, LiveRun.AwaitEnd);
        Skip.IfNot(used, "needs a machine that leaves a build the time to find its node");
    }

    [SkippableFact]
    public void Kill_LeavesNoNode()
    {
        TracedRun run = Trace("kill", "dotnet", "build", "both.proj", "-m:2", "-nodeReuse:true");
        AssertBothBuilt(run);
        Assert.Single(run.Trace.Executions, IsNode);
        if (Kinds(run).Length > 0)
        {
            AssertSurvivors(run, "nodemode");
        }

        Assert.Empty(Left());
    }

    public void Dispose()
    {
        foreach (int pid in Left())
        {
            Linux.Processes.Children.Kill(pid, Linux.Headers.signal.SIGKILL);
        }

        File.Delete(CompilerSocket);
    }

    private TracedRun Trace(string survivors, params string[] command) =>
        TracedRun.With(_projects.Directory, Engine, ["--survivors", survivors], command, [.. _projects.Alone(_id)]);

    private void AssertBuilt(TracedRun run)
    {
        Assert.Contains("Build succeeded.", run.Succeeded().Result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_projects.Library));
    }

    private void AssertBothBuilt(TracedRun run)
    {
        Assert.Contains("Build succeeded.", run.Succeeded().Result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_projects.Directory.Path("a.out")) && File.Exists(_projects.Directory.Path("b.out")));
    }

    // MSBuild asks each dotnet of the machine whether it is one of its nodes.
    private static string[] Kinds(TracedRun run) =>
        [.. Reason.Matches(run.Trace.Verdict).Select(match => match.Groups[1].Value)
            .Where(kind => kind != "local-server").Distinct()];

    /// <summary>What is missing of the trace is what they did after the command, and they are named, in one line on
    /// stderr, too.</summary>
    private static void AssertSurvivors(TracedRun run, string name)
    {
        Assert.Matches("(?m)^fptrace: the trace is incomplete: survivor: [^\n]+$", run.Result.Error);
        Assert.DoesNotMatch("(?m)^(?!fptrace: the trace is incomplete: (survivor|local-server): )",
            run.Result.Error.TrimEnd('\n'));
        Assert.Equal(["survivor"], Kinds(run));
        Assert.Contains(name, run.Trace.Verdict, StringComparison.Ordinal);
    }

    /// <summary>Asks the server to end, as <c>dotnet build-server shutdown</c> asks all.</summary>
    private void ShutDown(string program)
    {
        CommandResult result = CommandRunner.Run(_projects.Directory.Work,
            [.. _projects.Alone("none"), program, "-pipename:" + _id, "-shutdown"]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private static bool IsNode(TracedExecution execution) => execution.Arguments.Contains("/nodemode:1");

    /// <summary>The processes that were started with our id: servers, and a tracer that lingers.</summary>
    private int[] Left()
    {
        byte[] id = Encoding.ASCII.GetBytes("=" + _id + "\0");
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid)
                ? pid
                : 0)
            .Where(pid => pid != 0 && Environ(pid).AsSpan().IndexOf(id) >= 0)
            .Order()];
    }

    private static byte[] Environ(int pid)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or another user's.
            return [];
        }
    }

    [GeneratedRegex(@"^fptrace:   (?<pid>\d+) VBCSCompiler \((?<program>\S+/VBCSCompiler) -pipename:\S+\)$",
        RegexOptions.Multiline)]
    private static partial Regex CompilerServer { get; }

    [GeneratedRegex("\"kind\":\"([^\"]+)\"")]
    private static partial Regex Reason { get; }

    [GeneratedRegex("\"kind\":\"survivor\",\"pid\":(\\d+)")]
    private static partial Regex SurvivorPid { get; }
}

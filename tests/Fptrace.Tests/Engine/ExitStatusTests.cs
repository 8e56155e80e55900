using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>The exit status is the command's, or names what kept the command from running.</summary>
public sealed class ExitStatusTests
{
    [SkippableTheory]
    [AllEngines("exit 0", 0)]
    [AllEngines("exit 3", 3)]
    [AllEngines("exit 255", 255)]
    [AllEngines("kill -KILL $$", 137)]
    [AllEngines("kill -TERM $$", 143)]
    [AllEngines("kill -SEGV $$", 139)]
    [AllEngines("(sleep 0.3; exit 4) & exit 5", 5)]
    public void Status_IsTheCommands(string engine, string script, int status)
    {
        using var directory = new WorkDirectory();
        TracedRun run = TracedRun.Of(directory, engine, "sh", "-c", script);
        Assert.Equal(status, run.Result.ExitCode);

        // On a busy machine the process that stays may be waited for so long that the tool says so.
        Assert.True(run.Result.Error.Length == 0 || script.Contains('&', StringComparison.Ordinal), run.Result.Error);
        Assert.Equal(status, run.Trace.ExitStatus);
        Assert.Equal(status > 128 && status < 255 ? 128 - status : status, run.Record("sh").Exit);
        Assert.True(run.Trace.IsComplete, run.Trace.Verdict);
    }

    [SkippableTheory]
    [AllEngines("no-such-command-anywhere", 127)]
    [AllEngines("./missing", 127)]
    [AllEngines("missing/missing", 127)]
    [AllEngines("/", 126)]
    [AllEngines("./plain", 126)]
    public void CommandThatCannotRun_IsNamed(string engine, string command, int status)
    {
        using var directory = new WorkDirectory();
        directory.Write("plain", "not executable\n");
        TracedRun run = TracedRun.Of(directory, engine, command);
        Assert.Equal((status, ""), (run.Result.ExitCode, run.Result.Output));
        AssertOneLine(run.Result.Error);
        Assert.Contains(command, run.Result.Error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [AllEngines]
    public void ScriptWithoutShebang_RunsThroughTheShell(string engine)
    {
        using var directory = new WorkDirectory();
        directory.WriteExecutable("script", "echo \"$0 $1\"\n");
        TracedRun run = TracedRun.Of(directory, engine, "./script", "argument").Succeeded();
        Assert.Equal("./script argument\n", run.Result.Output);
    }

    [SkippableTheory]
    [AllEngines("-d")]
    [AllEngines("-o")]
    [AllEngines("-t")]
    public void UnwritableOutput_StopsBeforeTheCommandStarts(string engine, string option)
    {
        using var directory = new WorkDirectory();
        CommandResult result = CommandRunner.Run(directory.Work,
            [.. FptraceExecutable.Command, "--engine", engine, option, directory.Path("no/such/folder/file"), "--",
            "touch", "marker"]);
        Assert.Equal((ExitCodes.Output, ""), (result.ExitCode, result.Output));
        AssertOneLine(result.Error);
        Assert.False(File.Exists(directory.Path("marker")));
    }

    [SkippableFact]
    public void UnderAnotherTracer_DenialIsExplained()
    {
        Requires.Program("strace");
        using var directory = new WorkDirectory();
        CommandResult result = CommandRunner.Run(directory.Work,
            ["strace", "-f", "-o", "/dev/null", .. TracedRun.CommandLine(directory, "auto", [], ["touch", "marker"])]);
        Assert.Equal(ExitCodes.TracingDenied, result.ExitCode);
        AssertOneLine(result.Error);
        Assert.False(File.Exists(directory.Path("marker")));
    }

    private static void AssertOneLine(string error)
    {
        Assert.EndsWith("\n", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }
}

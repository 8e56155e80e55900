using Fptrace.MSBuild.Support;
using Fptrace.MSBuild.Tool;
using Fptrace.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>What the package does on machines that this one is not: it is told to take itself for one.</summary>
[Collection(PackageCollection.Name)]
public sealed class PlatformTests(PackageFeed feed)
{
    [Theory]
    [InlineData("any")]
    [InlineData("win-x64")]
    [InlineData("osx-arm64")]
    public void Step_OffLinux_RunsAsExecWithOneMessage(string runtime)
    {
        using var project = new StepProject(feed);
        project.WriteProject("""<TracedExec Command="sh step.sh" /><TracedExec Command="echo second" /><Message Text="task $(FptraceTasksAssembly)" />""");
        foreach (int _ in new[] { 1, 2 })
        {
            BuildLog log = project.Build("-p:FptraceRuntimeIdentifier=" + runtime);
            Assert.Single(log.Messages,
                message => message == "TracedExec runs as Exec, and skips nothing: only Linux can be traced");
            Assert.Equal((0, 0), (log.Skipped, log.Reasons.Count));
            Assert.Contains("second", log.Messages);
            Assert.Contains(log.Messages, message => message.StartsWith("task ", StringComparison.Ordinal)
                && message.EndsWith("/tasks/net10.0/Fptrace.MSBuild.dll", StringComparison.Ordinal));
        }

        Assert.Equal("one\ntwo\n", project.Workspace.Read("out.txt"));
        Assert.False(Directory.Exists(project.Workspace.Path("obj/fptrace")), "something was recorded");
    }

    [Fact]
    public void TracedOutputs_WhereNothingIsTraced_AreTheDeclaredOnes()
    {
        using var project = new StepProject(feed);
        project.WriteProject("""
            <TracedExec Command="sh step.sh" Outputs="out.txt"><Output TaskParameter="TracedOutputs" ItemName="Out" /></TracedExec>
            <Message Text="made @(Out)" Importance="high" />
            """);
        Assert.Contains("made out.txt", project.Build("-p:FptraceRuntimeIdentifier=win-x64").Messages);
        Assert.Contains($"made {project.Workspace.Path("out.txt")}", project.Build().Messages);
    }

    [Fact]
    public void Step_OfAProjectThatSaysItIsOnWindows_IsSkipped()
    {
        using var project = new StepProject(feed);
        Assert.Equal(["it has not run before"], project.Build("-p:OS=Windows_NT").Reasons);
        Assert.Equal(1, project.Build("-p:OS=Windows_NT").Skipped);
    }

    /// <summary>As on a file system without execution.</summary>
    [Fact]
    public void Step_WhereTheNativeToolCannotStart_IsTracedByThePortableOne()
    {
        using var project = new StepProject(feed);
        using var package = new BuildWorkspace(feed);
        package.CopyFrom(feed.Unpacked);
        package.Write("tools/linux-x64/fptrace", "#!/lib/ld-nowhere.so\n");
        const string Linux = "-p:FptraceRuntimeIdentifier=linux-x64";
        string tasks = "-p:FptraceTasksAssembly=" + package.Path("tasks/net10.0/Fptrace.MSBuild.dll");
        BuildLog log = project.Build(tasks, Linux);
        Assert.Equal(["it has not run before"], log.Reasons);
        Assert.Single(log.Messages, message => message.StartsWith(
            "TracedExec uses the portable tool, which starts more slowly: ", StringComparison.Ordinal));
        Assert.Equal(1, project.Build(tasks, Linux).Skipped);
    }

    [Fact]
    public void Step_OnAnotherProcessor_IsTracedByThePortableTool()
    {
        using var project = new StepProject(feed);
        const string Other = "-p:FptraceRuntimeIdentifier=linux-riscv64";
        Assert.Equal(["it has not run before"], project.Build(Other).Reasons);
        Assert.Equal(1, project.Build(Other).Skipped);
    }

    [Fact]
    public void Tools_ForAMachine_ComeBeforeThePortableOne()
    {
        using var package = new BuildWorkspace(feed);
        package.Write("linux-x64/fptrace", "");
        package.Write("any/fptrace.dll", "");
        Assert.Equal(["fptrace", "fptrace.dll"], Tools(package, "linux-x64"));
        Assert.Equal(["fptrace", "fptrace.dll"], Tools(package, "linux-musl-x64"));
        Assert.Equal(["fptrace.dll"], Tools(package, "linux-arm64"));

        package.Write("linux-arm64/fptrace", "");
        Assert.Equal(["fptrace", "fptrace.dll"], Tools(package, "linux-arm64"));
        Assert.Equal(package.Path("linux-arm64/fptrace"),
            TracingTool.Candidates("", "linux-arm64", package.Root).First().FileName);
        Assert.Equal(["/own/tool"],
            TracingTool.Candidates("/own/tool", "linux-x64", package.Root).Select(tool => tool.FileName));
    }

    [SkippableTheory]
    [InlineData("linux-x64", "linux-x64")]
    [InlineData("linux-musl-x64", "linux-x64")]
    [InlineData("linux-arm64", "linux-arm64")]
    [InlineData("linux-musl-arm64", "linux-arm64")]
    public void Package_HasToolAndTaskForEachMachine(string runtime, string place)
    {
        RequireNativeCode();
        using var project = new StepProject(feed);
        string assembly = DotnetCommand.Run(project.Workspace.Root, feed, ["msbuild", "step.proj",
            "-getProperty:FptraceTasksAssembly", "-p:FptraceRuntimeIdentifier=" + runtime]).Output.Trim();
        Assert.EndsWith($"/tasks/{place}/Fptrace.MSBuild.dll", assembly, StringComparison.Ordinal);
        Assert.True(File.Exists(assembly), assembly);
        TracingTool tool = TracingTool.Candidates("", runtime, Path.Combine(feed.Unpacked, "tools")).First();
        Assert.Equal((Path.Combine(feed.Unpacked, "tools", place, "fptrace"), ""), (tool.FileName, tool.Program));
    }

    /// <summary>MSBuild loads tasks anew in every build, and what has no native code is compiled each time.</summary>
    [SkippableFact]
    public void NativeTask_InABuild_IsCompiledByNobody()
    {
        RequireNativeCode();
        using var project = new StepProject(feed);
        (string, string)[] told = [("DOTNET_JitStdOutFile", project.Workspace.Path("compiled.txt")),
            ("DOTNET_JitDisasmSummary", "1")];
        BuildLog log = project.Workspace.Run("build", "", ["step.proj"], told);
        Assert.Equal((0, 1), (log.ExitCode, log.Reasons.Count));
        string[] compiled = project.Workspace.Read("compiled.txt").Split('\n');
        Assert.Contains(compiled, line => line.Contains("[Tier0", StringComparison.Ordinal));
        Assert.DoesNotContain(compiled, line => line.Contains("compiled Fptrace.MSBuild.", StringComparison.Ordinal)
            && line.Contains("[Tier0", StringComparison.Ordinal));
    }

    private void RequireNativeCode() =>
        Requires.That(Directory.Exists(Path.Combine(feed.Unpacked, "tasks/linux-x64")),
            "needs a package of build/pack (FPTRACE_PACKAGES) with the task as native code");

    private static IEnumerable<string> Tools(BuildWorkspace package, string runtime) =>
        TracingTool.Candidates("", runtime, package.Root)
            .Select(tool => Path.GetFileName(tool.Program.Length > 0 ? tool.Program : tool.FileName));
}

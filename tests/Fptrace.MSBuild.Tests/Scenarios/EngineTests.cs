using System.Diagnostics;
using System.Globalization;
using Fptrace.MSBuild.Support;
using Fptrace.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>Steps under what MSBuild can do: questions, cancellation, parallel and multithreaded builds, other
/// sandboxes.</summary>
[Collection(PackageCollection.Name)]
public sealed class EngineTests(PackageFeed feed)
{
    [Fact]
    public void Question_OfAStepThatWouldRun_FailsWithTheReasonAndWritesNothing()
    {
        using var project = new StepProject(feed);
        project.Build();
        Assert.Equal(0, project.Workspace.Run("msbuild", "", ["step.proj", "-question"]).ExitCode);

        project.Workspace.Write("parts/1.txt", "eins\n");
        string manifest = Directory.GetFiles(project.Workspace.Path("obj/fptrace"), "*.json").Single();
        string before = File.ReadAllText(manifest);
        BuildLog question = project.Workspace.Run("msbuild", "", ["step.proj", "-question"]);
        Assert.Equal("FPT1002", question.Errors.Single().Code);
        Assert.Contains("input changed: parts/1.txt", question.Errors.Single().Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(manifest));
        Assert.Equal("one\ntwo\n", project.Workspace.Read("out.txt"));
    }

    [Fact]
    public void Step_OfACancelledBuild_EndsAndRunsAgain()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("step.sh",
            "cat parts/*.txt > out.txt\necho $$ > pid.new; mv pid.new pid; sleep 1000 & sleep 1000\n");
        using (Process build = project.Workspace.Start("build", "step.proj"))
        {
            Assert.True(Wait.Until(() => File.Exists(project.Workspace.Path("pid"))), "the step did not start");
            using (Process signal = Process.Start("kill", ["-INT", build.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                signal.WaitForExit();
            }

            CommandResult cancelled = DotnetCommand.Finish(build, ["build", "step.proj"]);
            Assert.NotEqual(0, cancelled.ExitCode);
        }

        string process = "/proc/" + project.Workspace.Read("pid").Trim();
        Assert.True(Wait.Until(() => !Directory.Exists(process)), "the step goes on");
        project.Workspace.Write("step.sh", "cat parts/*.txt > out.txt\n");
        BuildLog next = project.Build();
        Assert.Equal(0, next.Skipped);
        Assert.Single(next.Reasons);
        Assert.Equal(1, project.Build().Skipped);
    }

    [Fact]
    public void Step_ThatLeavesAServer_ReturnsAndRunsAgain()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("step.sh",
            "cat parts/*.txt > out.txt\n(while test -e step.sh && ! test -e end; do sleep 0.1; done) > /dev/null 2>&1 "
            + "&\n");
        project.Build();
        Assert.StartsWith("the last run was not seen completely: survivor: sh (sh step.sh) outlived the command",
            project.Build().Reasons.Single(), StringComparison.Ordinal);
        project.Workspace.Write("end", "");
    }

    [Fact]
    public void Step_OfTwoBuildsAtOnce_RunsOnce()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("step.sh", "echo run >> runs; sleep 0.3; cat parts/*.txt > out.txt\n");
        project.WriteProject("<TracedExec Command=\"sh step.sh\" IgnoreFiles=\"runs\" />");
        string[] arguments = ["build", "step.proj", "-v:n"];
        using Process one = project.Workspace.Start(arguments);
        using Process other = project.Workspace.Start(arguments);
        string[] output = [DotnetCommand.Finish(one, arguments).Output, DotnetCommand.Finish(other, arguments).Output];
        Assert.Equal("run\n", project.Workspace.Read("runs"));
        Assert.Single(output,
            text => text.Contains("Traced step runs because it has not run before.", StringComparison.Ordinal));
        Assert.Single(output,
            text => text.Contains("Traced step is up to date and was skipped: sh step.sh", StringComparison.Ordinal));
        Assert.Equal("one\ntwo\n", project.Workspace.Read("out.txt"));
    }

    [Fact]
    public void Step_OfABuildThatFptraceRuns_IsAPartOfThatRun()
    {
        using var project = new StepProject(feed);
        project.WriteProject("""
            <TracedExec Command="sh step.sh"><Output TaskParameter="TracedOutputs" ItemName="Out" /></TracedExec>
            <Message Text="made %(Out.Filename)" Importance="high" />
            """);
        project.Build();
        CommandResult Outer() => DotnetCommand.Run(project.Workspace.Root, feed,
        [
            $"{feed.Unpacked}/tools/any/fptrace.dll", "run", "--manifest", "outer.json", "--", "dotnet", "build",
            "step.proj", "-v:n", "-nologo",
        ]);
        string output = Outer().Output;
        Assert.Contains("TracedExec runs as Exec, and skips nothing: fptrace traces the whole build already", output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Traced step", output, StringComparison.Ordinal);
        Assert.Contains("made out", output, StringComparison.Ordinal);

        project.Workspace.Write("parts/1.txt", "eins\n");
        Assert.Equal(0, Outer().ExitCode);
        Assert.Equal("eins\ntwo\n", project.Workspace.Read("out.txt"));
        Assert.Contains("content", File.ReadAllText(project.Workspace.Path("outer.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Step_SharedByProjectsInParallel_RunsOnce()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("step.sh", "echo run >> runs; sleep 0.3; cat parts/*.txt > out.txt\n");
        foreach (string name in new[] { "a", "b" })
        {
            project.WriteProject(
                "<TracedExec Command=\"sh step.sh\" Manifest=\"obj/shared.json\" IgnoreFiles=\"runs\" />",
                file: name + ".proj");
        }

        project.WriteProject("<MSBuild Projects=\"a.proj;b.proj\" BuildInParallel=\"true\" />");
        BuildLog log = project.Build("-m:2");
        Assert.Equal("run\n", project.Workspace.Read("runs"));
        Assert.Equal((1, 1), (log.Skipped, log.Reasons.Count));
    }

    [SkippableFact]
    public void Step_InMultithreadedMSBuild_IsSkippedInItsProcess()
    {
        using var project = new StepProject(feed);
        foreach (string name in new[] { "a", "b" })
        {
            project.Workspace.Write($"{name}/step.sh", $"pwd; cat ../parts/*.txt > out.{name}\n");
            project.WriteProject("<TracedExec Command=\"sh step.sh\" />", file: $"{name}/{name}.proj");
        }

        project.WriteProject("<MSBuild Projects=\"a/a.proj;b/b.proj\" BuildInParallel=\"true\" />");
        BuildLog help = project.Workspace.Run("msbuild", "", ["step.proj", "-mt", "-m:2"]);
        Skip.If(help.Output.Contains("MSB1001", StringComparison.Ordinal), "this MSBuild has no -mt");
        Assert.Equal((0, 2), (help.ExitCode, help.Reasons.Count));
        Assert.Contains(project.Workspace.Path("a"), help.Messages);
        Assert.Contains(project.Workspace.Path("b"), help.Messages);
        BuildLog second = project.Workspace.Run("msbuild", "", ["step.proj", "-mt", "-m:2"]);
        Assert.Equal((0, 2), (second.ExitCode, second.Skipped));
        Assert.DoesNotContain(second.Messages,
            message => message.Contains("task host", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Exec_OfAProjectThatOverridesIt_IsSkipped()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<Exec Command=\"sh step.sh\" />", "<FptraceOverrideExec>true</FptraceOverrideExec>");
        Assert.Equal(["it has not run before"], project.Build().Reasons);
        BuildLog second = project.Build();
        Assert.Equal(1, second.Skipped);
        Assert.Contains("Exec", second.Tasks);

        BuildLog plain = project.Build("-p:FptraceOverrideExec=false");
        Assert.Equal((0, 0), (plain.Skipped, plain.Reasons.Count));
    }

    [Fact]
    public void Step_WhereNothingCanBeTraced_RunsAsExecWithOneMessage()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("no-tracing", "#!/bin/sh\necho 'fptrace: tracing is denied' >&2\nexit 124\n");
        File.SetUnixFileMode(project.Workspace.Path("no-tracing"), (UnixFileMode)0b111_101_101);
        project.WriteProject("<TracedExec Command=\"sh step.sh\" /><TracedExec Command=\"echo second\" />",
            "<FptraceToolPath>$(MSBuildProjectDirectory)/no-tracing</FptraceToolPath>");
        foreach (int _ in new[] { 1, 2 })
        {
            BuildLog log = project.Build();
            Assert.Single(log.Messages,
                message => message == "TracedExec runs as Exec, and skips nothing: fptrace: tracing is denied");
            Assert.Equal((0, 0), (log.Skipped, log.Reasons.Count));
            Assert.Contains("second", log.Messages);
        }

        Assert.Equal("one\ntwo\n", project.Workspace.Read("out.txt"));
    }

    [Fact]
    public void Tool_HasTheNameOfTheShell_ForMSBuildNamesWhatItEnds()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<TracedExec Command=\"cat /proc/$PPID/comm\" />");
        Assert.Contains("sh", project.Build().Messages);
    }

    [Fact]
    public void Parameter_ThatIsUnknown_IsAnError()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<TracedExec Command=\"sh step.sh\" UpToDateCheck=\"perhaps\" />");
        BuildLog log = project.Run();
        Assert.Equal(("FPT1001", "UpToDateCheck is perhaps: use content, timestamp, off"),
            (log.Errors.Single().Code, log.Errors.Single().Message));

        project.WriteProject("<TracedExec Command=\"sh step.sh\" />");
        log = project.Run("-p:FptraceCacheMode=sometimes");
        Assert.Equal(("FPT1001", "FptraceCacheMode is sometimes: use read, write, readwrite, off"),
            (log.Errors.Single().Code, log.Errors.Single().Message));
    }

    [Fact]
    public void Audit_TellsWhatATargetDeclaresWrongly()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("unused.txt", "");
        project.Workspace.Write("step.proj", $"""
            <Project DefaultTargets="Build">
              <PropertyGroup><IntermediateOutputPath>obj/</IntermediateOutputPath></PropertyGroup>
              <ItemGroup><Part Include="parts/1.txt" /></ItemGroup>
              <Target Name="Join" Inputs="@(Part);unused.txt;$(MSBuildProjectFullPath)" Outputs="joined.txt">
                <TracedExec Command="sh step.sh" />
              </Target>
              <Target Name="Build" DependsOnTargets="Join" />
              {project.Workspace.Import}
            </Project>
            """);
        BuildLog log = project.Build("-p:FptraceAudit=true");
        Assert.Equal(["FPT2001", "FPT2002", "FPT2003", "FPT2004"], log.Warnings.Select(warning => warning.Code));
        Assert.All(log.Warnings, warning => Assert.EndsWith("""<Target Name="Join" Inputs="parts/1.txt;parts/2.txt;step.sh" Outputs="out.txt">""", warning.Message, StringComparison.Ordinal));
        Assert.Contains("Inputs, parts/2.txt, step.sh", log.Warnings.First().Message, StringComparison.Ordinal);
        Assert.Contains("unused.txt", log.Warnings.ElementAt(1).Message, StringComparison.Ordinal);
        Assert.Empty(project.Build("-p:FptraceAudit=true",
            "-p:MSBuildWarningsAsMessages=\"FPT2001;FPT2002;FPT2003;FPT2004\"").Warnings);
    }
}

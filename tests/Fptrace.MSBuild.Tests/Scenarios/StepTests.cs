using System.Text.RegularExpressions;
using Fptrace.MSBuild.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>When a step runs, and when it is skipped. Each test builds with the real dotnet.</summary>
[Collection(PackageCollection.Name)]
public sealed partial class StepTests(PackageFeed feed)
{
    [Fact]
    public void Step_Unchanged_IsSkipped()
    {
        using var project = new StepProject(feed);
        BuildLog first = project.Build();
        Assert.Equal(["it has not run before"], first.Reasons);
        Assert.Equal("one\ntwo\n", project.Workspace.Read("out.txt"));
        List<string> messages = [.. first.Messages];
        Assert.True(
            messages.IndexOf("Traced step runs because it has not run before.") < messages.IndexOf("sh step.sh"),
            "the reason stands after the command");
        DateTime written = File.GetLastWriteTimeUtc(project.Workspace.Path("out.txt"));

        BuildLog second = project.Build();
        Assert.Equal((1, 0), (second.Skipped, second.Reasons.Count));
        Assert.Equal(written, File.GetLastWriteTimeUtc(project.Workspace.Path("out.txt")));
    }

    [Fact]
    public void Step_ThatWhatItUsedChanged_Runs()
    {
        using var project = new StepProject(feed);
        project.Build();

        project.Workspace.Write("parts/2.txt", "zwei\n");
        Assert.Equal(["input changed: parts/2.txt"], project.Build().Reasons);
        Assert.Equal("one\nzwei\n", project.Workspace.Read("out.txt"));

        project.Workspace.Write("parts/3.txt", "three\n");
        Assert.Equal(["directory gained: parts/3.txt"], project.Build().Reasons);

        File.Delete(project.Workspace.Path("out.txt"));
        Assert.Equal(["output missing: out.txt"], project.Build().Reasons);
        Assert.Equal("one\nzwei\nthree\n", project.Workspace.Read("out.txt"));

        project.Workspace.Write("out.txt", "spoilt");
        Assert.Equal(["output modified: out.txt"], project.Build().Reasons);
        Assert.Equal(1, project.Build().Skipped);
    }

    [Fact]
    public void Step_WithAnotherCommand_RunsAndForgetsTheFormerOne()
    {
        using var project = new StepProject(feed);
        project.Build();
        project.WriteProject("<TracedExec Command=\"sh step.sh now\" />");
        Assert.Equal(["the command changed: added now"], project.Build().Reasons);
        Assert.Single(Directory.GetFiles(project.Workspace.Path("obj/fptrace"), "*.json"));
        Assert.Equal(1, project.Build().Skipped);
    }

    [Fact]
    public void Step_OnAnotherLine_IsSkipped()
    {
        using var project = new StepProject(feed);
        project.Build();
        project.WriteProject("<!-- A line more. -->\n<TracedExec Command=\"sh step.sh\" />");
        Assert.Equal(1, project.Build().Skipped);
    }

    [Fact]
    public void Step_WhoseEnvironmentChanged_RunsUnlessItIsASessionsOwn()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<TracedExec Command=\"sh step.sh\" TrackedEnvironment=\"WINDOWID\" />");
        BuildLog Build(string colour, string window, string terminal) =>
            project.Workspace.Run("build", "", ["step.proj"], ("COLOUR", colour), ("WINDOWID", window),
                ("TERM_SESSION_ID", terminal));
        Build("red", "1", "1");
        Assert.Equal(1, Build("red", "1", "2").Skipped);
        Assert.Equal(["COLOUR changed"], Build("blue", "1", "2").Reasons);
        Assert.Equal(["WINDOWID changed"], Build("blue", "2", "2").Reasons);
    }

    [Fact]
    public void Step_Touched_IsSkippedByContentAndRunsByTimestamp()
    {
        using var project = new StepProject(feed);
        project.Build();
        File.SetLastWriteTimeUtc(project.Workspace.Path("parts/1.txt"), DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(1, project.Build().Skipped);

        File.SetLastWriteTimeUtc(project.Workspace.Path("parts/1.txt"), DateTime.UtcNow.AddMinutes(-2));
        Assert.Equal(["input changed: parts/1.txt"], project.Build("-p:FptraceUpToDateCheck=timestamp").Reasons);
        Assert.Equal(["its check is off"], project.Build("-p:FptraceUpToDateCheck=off").Reasons);
    }

    [Fact]
    public void Step_ThatFailed_RunsAgain()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("step.sh", "cat parts/*.txt > out.txt; exit 7\n");
        BuildLog first = project.Run();
        Assert.Equal((1, "MSB3073"), (first.ExitCode, first.Errors.Single().Code));
        BuildLog second = project.Run("-tl:on");
        Assert.Equal(["the last run failed with exit code 7"], second.Reasons);
        Assert.Contains("exited with code 7", Colours().Replace(second.Output, ""), StringComparison.Ordinal);
        project.Workspace.Write("step.sh", "cat parts/*.txt > out.txt\n");
        Assert.Equal(["the last run failed with exit code 7"], project.Build().Reasons);
        Assert.Equal(1, project.Build().Skipped);
    }

    /// <summary>As a shim or an IDE does that starts the build.</summary>
    [Fact]
    public void Path_WithMoreDirectories_RunsTheStepUnlessItHasItsOwn()
    {
        using var project = new StepProject(feed);
        project.WriteProject("""
            <TracedExec Command="sh step.sh" />
            <TracedExec Command="command -v sh" EnvironmentVariables="PATH=/usr/bin:/bin" />
            """);
        project.Build();
        BuildLog more = project.Workspace.Run("build", "", ["step.proj"],
            ("PATH", project.Workspace.Path("shims") + ":" + Environment.GetEnvironmentVariable("PATH")));
        Assert.Equal((0, 1, "PATH changed"), (more.ExitCode, more.Skipped, more.Reasons.Single()));
    }

    [Fact]
    public void Step_WithAWarning_WarnsAgainWhenSkipped()
    {
        using var project = new StepProject(feed);
        project.Workspace.Write("step.sh", "echo 'parts/1.txt(1,2): warning W1: odd'; echo plain\n");
        BuildLog first = project.Build();
        BuildLog second = project.Build("-tl:on");
        Assert.Equal((1, "W1", "odd"),
            (second.Skipped, second.Warnings.Single().Code, second.Warnings.Single().Message));
        Assert.Equal(first.Warnings.Single().File, second.Warnings.Single().File);
        Assert.Contains("plain", second.Messages);
        Assert.Contains("warning W1", Colours().Replace(second.Output, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Step_FromAnotherDirectoryOfABuild_IsSkipped()
    {
        using var project = new StepProject(feed);
        project.Build();
        Assert.Equal(1, project.Workspace.Run("build", "parts", ["../step.proj"]).Skipped);
    }

    [Fact]
    public void Step_InAPathWithSpacesAndOtherLetters_IsSkipped()
    {
        using var project = new StepProject(feed, "größe 大 (1); $a");
        project.WriteProject("""
            <TracedExec Command="sh step.sh"><Output TaskParameter="TracedOutputs" ItemName="Out" /></TracedExec>
            <Message Text="made %(Out.Filename)%(Out.Extension)" Importance="high" />
            """);
        project.Build();
        BuildLog second = project.Build();
        Assert.Equal(1, second.Skipped);
        Assert.Contains("made out.txt", second.Messages);
    }

    [Fact]
    public void Step_ReportsWhatItUsed()
    {
        using var project = new StepProject(feed);
        project.WriteProject("""
            <TracedExec Command="sh step.sh">
              <Output TaskParameter="TracedInputs" ItemName="In" />
              <Output TaskParameter="TracedOutputs" ItemName="Out" />
              <Output TaskParameter="UpToDate" PropertyName="Skipped" />
              <Output TaskParameter="UpToDateReason" PropertyName="Why" />
            </TracedExec>
            <Message Text="in %(In.Identity) %(In.Observation)" Importance="high" />
            <Message Text="out @(Out)" Importance="high" />
            <Message Text="[$(Skipped)] [$(Why)]" Importance="high" />
            """);
        foreach (string end in new[] { "[False] [it has not run before]", "[True] []" })
        {
            BuildLog log = project.Build();
            Assert.Contains(end, log.Messages);
            Assert.Contains($"in {project.Workspace.Path("parts/1.txt")} content", log.Messages);
            Assert.Contains($"in {project.Workspace.Path("parts")} listing", log.Messages);
            Assert.Contains($"out {project.Workspace.Path("out.txt")}", log.Messages);
            Assert.DoesNotContain(log.Messages, message => message.Contains("exec.cmd", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Step_InABatch_HasAManifestForEach()
    {
        using var project = new StepProject(feed);
        project.WriteProject("""
            <ItemGroup><Part Include="parts/*.txt" /></ItemGroup>
            <TracedExec Command="cp %(Part.Identity) %(Part.Filename).copy" />
            """);
        Assert.Equal(2, project.Build().Reasons.Count);
        project.Workspace.Write("parts/2.txt", "zwei");
        BuildLog second = project.Build();
        Assert.Equal((1, "input changed: parts/2.txt"), (second.Skipped, second.Reasons.Single()));
    }

    [Fact]
    public void Step_GoingBackWithACache_IsRestored()
    {
        using var project = new StepProject(feed);
        project.WriteProject("""
            <TracedExec Command="sh step.sh" CacheDirectory="../cache"><Output TaskParameter="RestoredFromCache" PropertyName="Restored" /></TracedExec>
            <Message Text="restored: $(Restored)" Importance="high" />
            """);
        project.Workspace.Write("step.sh", "cat parts/*.txt > out.txt; echo joined\n");
        project.Build();
        project.Workspace.Write("parts/1.txt", "eins\n");
        Assert.Contains("restored: False", project.Build().Messages);
        project.Workspace.Write("parts/1.txt", "one\n");
        BuildLog back = project.Build();
        Assert.Contains("restored: True", back.Messages);
        Assert.Contains("Traced step was restored from the cache because input changed: parts/1.txt: sh step.sh",
            back.Messages);
        Assert.Contains("joined", back.Messages);
        Assert.Empty(back.Reasons);
        Assert.Equal("one\ntwo\n", project.Workspace.Read("out.txt"));
        Assert.Equal(1, project.Build().Skipped);
    }

    /// <summary>What the terminal logger puts between words.</summary>
    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Colours();
}

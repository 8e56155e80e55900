using System.Globalization;
using Fptrace.MSBuild.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>Parameters and properties that say what counts, and what projects are told of steps.</summary>
[Collection(PackageCollection.Name)]
public sealed class StepParameterTests(PackageFeed feed)
{
    /// <summary>It opens a socket to a port on which nothing listens.</summary>
    private const string Connect =
        "python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
            + "s.connect((&quot;192.0.2.1&quot;, 9))'";

    [SkippableFact]
    public void Network_IsAllowedByParameterOrProperty()
    {
        Fptrace.Support.Requires.Program("python3");
        using var project = new StepProject(feed);
        project.WriteProject($"<TracedExec Command=\"{Connect}\" AllowNetwork=\"$(Allow)\" />");
        project.Build();
        Assert.Equal((0, 1), Counts(project.Build()));
        Assert.Single(project.Build("-p:Allow=true").Reasons);
        Assert.Equal((1, 0), Counts(project.Build("-p:FptraceAllowNetwork=true")));
        Assert.Equal("FPT1001", project.Run("-p:Allow=yes").Errors.Single().Code);
        Assert.Equal("FPT1001", project.Run("-p:FptraceEnvironmentMode=some").Errors.Single().Code);
    }

    [Fact]
    public void TracedOutputs_AreThoseOfTheFilter()
    {
        using var project = new StepProject(feed);
        project.WriteProject("""
            <TracedExec Command="mkdir -p gen/sub; touch a.log; echo 1 &gt; gen/sub/a.cs; echo 2 &gt; gen/b.map; echo 3 &gt; c.cs" TracedOutputsFilter="$(Filter)">
              <Output TaskParameter="TracedOutputs" ItemName="Out" />
            </TracedExec>
            <Message Text="out @(Out->'%(Filename)%(Extension)')" Importance="high" />
            """);
        Assert.Contains("out c.cs;a.cs", project.Build("-p:Filter=*.cs").Messages.Select(Reordered));
        BuildLog second = project.Build("-p:FptraceTracedOutputsFilter=gen/**");
        Assert.Equal(1, second.Skipped);
        Assert.Contains("out b.map;a.cs", second.Messages.Select(Reordered));
    }

    [Fact]
    public void Listing_ThatIsIgnored_GainsNames()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<TracedExec Command=\"ls parts &gt; out.txt\" IgnoreListings=\"parts\" />");
        project.Build();
        project.Workspace.Write("parts/3.txt", "three");
        Assert.Equal(1, project.Build().Skipped);
        Assert.Equal(["nothing is ignored by default any more"],
            project.Build("-p:FptraceDefaultIgnores=false").Reasons);
    }

    [Fact]
    public void Servers_KnownToolsAreToldToLeaveNone_UnlessKept()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<TracedExec Command=\"echo $NX_DAEMON &gt; out.txt\" Servers=\"$(Servers)\" />");
        project.Build();
        Assert.Equal("false\n", project.Workspace.Read("out.txt"));
        Assert.Equal(1, project.Build().Skipped);
        Assert.Equal(["servers are now kept"], project.Build("-p:FptraceServers=keep").Reasons);
        Assert.Equal("\n", project.Workspace.Read("out.txt"));
        Assert.Equal(["servers are no longer kept"],
            project.Build("-p:FptraceServers=keep", "-p:Servers=none").Reasons);
        Assert.Equal("FPT1001", project.Run("-p:Servers=some").Errors.Single().Code);
    }

    [Fact]
    public void StepThatIsNotEchoed_IsNamedByItsPlace()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<TracedExec Command=\"echo secret$(More)\" EchoOff=\"true\" />");
        Assert.Contains("Traced step step.proj(7) runs because it has not run before.", project.Build().Messages);
        Assert.Contains("Traced step is up to date and was skipped: step.proj(7)", project.Build().Messages);
        Assert.Contains("Traced step step.proj(7) runs because the command changed.",
            project.Build("-p:More=s").Messages);
    }

    [Fact]
    public void Project_IsSummedUpInOneLine()
    {
        using var project = new StepProject(feed);
        project.WriteProject("<TracedExec Command=\"cat parts/1.txt\" /><TracedExec Command=\"cat parts/2.txt\" />");
        Assert.Contains("step: 2 traced steps: 2 ran: it has not run before", project.Build("-tl:off").Output,
            StringComparison.Ordinal);
        project.Workspace.Write("parts/2.txt", "zwei");
        BuildLog log = project.Build("-tl:off");
        Assert.Contains("step: 2 traced steps: 1 skipped, 1 ran: input changed: parts/2.txt", log.Output,
            StringComparison.Ordinal);
        Assert.Empty(log.Warnings);
        Assert.DoesNotContain("traced step", project.Build("-p:FptraceSummary=false", "-tl:off").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ManifestsOfCommandsWithADate_GoWithAgeAndNumberUnlessAnOutputNeedsThem()
    {
        using var project = new StepProject(feed);
        project.WriteProject(
            "<TracedExec Command=\"echo $(Date)\" /><TracedExec Command=\"echo $(Kept) &gt; $(Kept).txt\" />");
        string[] Manifests() => Directory.GetFiles(project.Workspace.Path("obj/fptrace"), "*.json");
        project.Build("-p:Date=1", "-p:Kept=a");
        foreach (string file in Manifests())
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-31));
        }

        // The second step is used again, and its time is the present one.
        project.Build("-p:Date=2", "-p:Kept=a");
        Assert.Equal(2, Manifests().Length);

        project.Build("-p:Date=3", "-p:Kept=b", "-p:FptraceManifestLimit=1");
        Assert.Equal(4, Manifests().Length);
        project.Build("-p:Date=4", "-p:Kept=b", "-p:FptraceManifestLimit=1");
        Assert.Equal(4, Manifests().Length);

        void BuildAfterDays()
        {
            foreach (string file in Manifests())
            {
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-3));
            }

            project.Build("-p:Date=4", "-p:Kept=b", "-p:FptraceManifestAge=2");
        }

        // What is known of a.txt stays as long as that is there.
        BuildAfterDays();
        Assert.Equal(3, Manifests().Length);
        File.Delete(project.Workspace.Path("a.txt"));
        BuildAfterDays();
        Assert.Equal(2, Manifests().Length);
    }

    private static (int Skipped, int Ran) Counts(BuildLog log) => (log.Skipped, log.Reasons.Count);

    /// <summary>Outputs come in the order of their paths, whatever that is.</summary>
    private static string Reordered(string message) => message.StartsWith("out ", StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture,
            $"out {string.Join(';', message[4..].Split(';').OrderDescending(StringComparer.Ordinal))}")
        : message;
}

using Fptrace.MSBuild.Support;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>A step that makes C# in a project of the SDK.</summary>
[Collection(PackageCollection.Name)]
public sealed class SdkProjectTests(PackageFeed feed)
{
    [Fact]
    public void SecondBuild_SkipsStepAndCompiler_CleanRunsThemAgain()
    {
        using BuildWorkspace app = App("net10.0");
        Assert.Equal(["it has not run before"], app.Build("-p:Configuration=Debug").Reasons);
        BuildLog second = app.Build();
        Assert.Equal((1, 0, 0), (second.Skipped, second.Reasons.Count, second.Tasks.Count(task => task == "Csc")));
        Assert.True(File.Exists(app.Path("obj/Debug/net10.0/Words.g.cs")), "IncrementalClean deleted an output");
        Assert.Contains(second.Events.OfType<TaskParameterEventArgs>(),
            parameter => parameter.ItemType == "EmbedInBinlog"
                && $"{parameter.Items[0]}".Contains("/fptrace/sh-", StringComparison.Ordinal));

        app.Write("obj/Debug/net10.0/fptrace/.sh-killed.json.fptrace-lock", "");
        BuildLog clean = app.Run("clean", "", []);
        Assert.Equal(0, clean.ExitCode);
        Assert.False(File.Exists(app.Path("obj/Debug/net10.0/Words.g.cs")), "clean left an output");
        Assert.Empty(Directory.GetFiles(app.Path("obj/Debug/net10.0/fptrace")));
        Assert.Equal(["it has not run before"], app.Build().Reasons);
        Assert.Equal("hello\n", DotnetCommand.Run(app.Root, feed, ["bin/Debug/net10.0/App.dll"]).Output);
    }

    [Fact]
    public void StepThatLeavesItsOutputAsItWas_StillMakesIt()
    {
        using BuildWorkspace app = App("net10.0");
        app.Build();
        app.Write("generate.sh", "[ -e \"$1\" ]");

        Assert.Single(app.Build().Reasons);

        Assert.True(File.Exists(app.Path("obj/Debug/net10.0/Words.g.cs")), "IncrementalClean deleted an output");
        Assert.Equal((1, 0), (app.Build().Skipped, app.Build().Reasons.Count));
    }

    [Fact]
    public void Publish_AfterBuild_SkipsTheStep()
    {
        using BuildWorkspace app = App("net10.0");
        app.Build("-c", "Release");
        BuildLog publish = app.Run("publish", "", ["-c", "Release", "-graph"]);
        Assert.Equal((0, 1), (publish.ExitCode, publish.Skipped));
    }

    [Fact]
    public void TargetFrameworks_InParallel_HaveTheirOwnManifests()
    {
        using BuildWorkspace app = App("net10.0;net10.0-windows");
        Assert.Equal(2, app.Build("-m:2").Reasons.Count);
        Assert.Equal(2, Directory.GetFiles(app.Path("obj"), "sh-*.json", SearchOption.AllDirectories).Length);
        Assert.Equal(2, app.Build("-m:2").Skipped);
    }

    [Fact]
    public void DesignTimeBuild_KnowsInputsAndOutputs()
    {
        using BuildWorkspace app = App("net10.0");
        app.Build();
        BuildLog log = app.Run("msbuild", "", ["-t:ShowItems"]);
        Assert.Contains($"input {app.Path("words.txt")}", log.Messages);
        Assert.Contains($"output {app.Path("obj/Debug/net10.0/Words.g.cs")}", log.Messages);
        Assert.Contains($"built {app.Path("obj/Debug/net10.0/Words.g.cs")}", log.Messages);
        Assert.Contains($"watch {app.Path("words.txt")}", log.Messages);
        Assert.Contains($"watch {app.Path("words.txt")}", app.Run("msbuild", "", ["-t:ShowHotReloadItems"]).Messages);
    }

    private BuildWorkspace App(string frameworks)
    {
        var app = new BuildWorkspace(feed, "App");
        app.Write("words.txt", "hello");
        app.Write("generate.sh", """
            echo "internal static class Words { public const string All = \"$(cat words.txt)\"; }" > "$1"
            """);
        app.Write("Program.cs", "System.Console.WriteLine(Words.All);");
        app.Write("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <{(frameworks.Contains(';', StringComparison.Ordinal) ? "TargetFrameworks" : "TargetFramework")}>{frameworks}</{(frameworks.Contains(';', StringComparison.Ordinal) ? "TargetFrameworks" : "TargetFramework")}>
                <!-- As dotnet watch does. -->
                <CustomAfterMicrosoftCommonTargets>$([System.IO.Directory]::GetFiles('$(MSBuildToolsPath)/DotnetTools/dotnet-watch', 'DotNetWatch.targets', System.IO.SearchOption.AllDirectories))</CustomAfterMicrosoftCommonTargets>
                <UseAppHost>false</UseAppHost>
                <EnableWindowsTargeting>true</EnableWindowsTargeting>
                <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
              </PropertyGroup>
              <ItemGroup>{app.Reference}</ItemGroup>
              <Target Name="GenerateWords" BeforeTargets="BeforeCompile;CoreCompile" DependsOnTargets="PrepareForBuild">
                <TracedExec Command="sh generate.sh $(IntermediateOutputPath)Words.g.cs">
                  <Output TaskParameter="TracedOutputs" ItemName="Compile" />
                </TracedExec>
              </Target>
              <!-- With hot reload dotnet watch builds the targets in this property. -->
              <Target Name="ShowHotReloadItems" DependsOnTargets="$(CustomCollectWatchItems)">
                <Message Text="watch %(Watch.Identity)" Importance="high" />
              </Target>
              <!-- What an IDE calls. -->
              <Target Name="CollectUpToDateCheckInputDesignTime" />
              <Target Name="ShowItems" DependsOnTargets="CollectUpToDateCheckInputDesignTime;_CollectWatchItems">
                <Message Text="input %(UpToDateCheckInput.Identity)" Importance="high" />
                <Message Text="output %(UpToDateCheckOutput.Identity)" Importance="high" />
                <Message Text="built %(UpToDateCheckBuilt.Identity)" Importance="high" />
                <Message Text="watch %(Watch.Identity)" Importance="high" />
              </Target>
            </Project>
            """);
        return app;
    }
}

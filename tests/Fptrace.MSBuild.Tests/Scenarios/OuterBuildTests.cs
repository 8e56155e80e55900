using Fptrace.MSBuild.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>A project of several target frameworks, in whose outer build a step runs once for all of them.</summary>
[Collection(PackageCollection.Name)]
public sealed class OuterBuildTests(PackageFeed feed)
{
    [Fact]
    public void StepsOfTheOuterBuild_AreSkippedAndCleaned()
    {
        using var app = new BuildWorkspace(feed, "App");
        app.Write("in.txt", "1");
        app.Write("A.cs", "public class A { }");
        app.Write("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks>
                <EnableWindowsTargeting>true</EnableWindowsTargeting>
                <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
                <FptraceOverrideExec>true</FptraceOverrideExec>
              </PropertyGroup>
              <ItemGroup>{app.Reference}</ItemGroup>
              <Target Name="Once" BeforeTargets="DispatchToInnerBuilds">
                <TracedExec Command="cat in.txt &gt; obj/traced.txt" />
                <Exec Command="cat in.txt &gt; out.txt" />
              </Target>
            </Project>
            """);
        Assert.Equal(["it has not run before", "it has not run before"], app.Build().Reasons);
        Assert.Equal(2, Directory.GetFiles(app.Path("obj/Debug/fptrace"), "cat-*.json").Length);

        BuildLog second = app.Build();
        Assert.Equal((2, 0), (second.Skipped, second.Reasons.Count));
        Assert.Contains("App: 2 traced steps: 2 skipped", second.Output, StringComparison.Ordinal);

        Assert.Equal(0, app.Run("clean", "", []).ExitCode);
        Assert.Empty(Directory.GetFiles(app.Path("obj/Debug/fptrace")));
        Assert.Equal((false, true), (File.Exists(app.Path("obj/traced.txt")), File.Exists(app.Path("out.txt"))));
    }

    [Fact]
    public void OverrideWithoutThePackage_WarnsByTheSamplesTargets()
    {
        using var app = new BuildWorkspace(feed, "App");
        app.Write("Directory.Build.targets",
            File.ReadAllText(Path.Combine(Fptrace.Support.Repository.Root, "samples/Directory.Build.targets")));
        void Write(string reference) => app.Write("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <FptraceOverrideExec>true</FptraceOverrideExec>
              </PropertyGroup>
              <ItemGroup>{reference}</ItemGroup>
            </Project>
            """);
        Write("");
        Assert.Equal("FPT3001", app.Build().Warnings.Select(warning => warning.Code).Distinct().Single());
        Write(app.Reference);
        Assert.Empty(app.Build().Warnings);
    }
}

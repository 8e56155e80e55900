using Fptrace.MSBuild.Support;

namespace Fptrace.MSBuild.Scenarios;

/// <summary>What dotnet watch and IDEs learn of the inputs of a step that reads what builds write.</summary>
[Collection(PackageCollection.Name)]
public sealed class WatchedFilesTests(PackageFeed feed)
{
    [Theory]
    [InlineData("")]
    [InlineData("<UseArtifactsOutput>true</UseArtifactsOutput>")]
    [InlineData(
        "<BaseOutputPath>built/</BaseOutputPath><BaseIntermediateOutputPath>work/</BaseIntermediateOutputPath>")]
    public void WhatTheBuildWrites_IsNotWatched(string properties)
    {
        using var app = new BuildWorkspace(feed, "App");
        app.Write("Directory.Build.props", $"<Project><PropertyGroup>{properties}</PropertyGroup></Project>");
        app.Write("names.txt", "a");
        app.Write("A.cs", "public class A { }");
        app.Write("other/Other.csproj", "<Project />");
        app.Write("other/bin/made.txt", "made");
        app.Write("plain/bin/tool.txt", "tool");
        app.Write("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <CustomAfterMicrosoftCommonTargets>$([System.IO.Directory]::GetFiles('$(MSBuildToolsPath)/DotnetTools/dotnet-watch', 'DotNetWatch.targets', System.IO.SearchOption.AllDirectories))</CustomAfterMicrosoftCommonTargets>
              </PropertyGroup>
              <ItemGroup>{app.Reference}</ItemGroup>
              <Target Name="Post" AfterTargets="Build">
                <TracedExec Command="cat $(TargetPath) @(IntermediateAssembly) names.txt other/bin/made.txt plain/bin/tool.txt | wc -c &gt; size.txt" />
              </Target>
              <Target Name="CollectUpToDateCheckInputDesignTime" />
              <Target Name="Show" DependsOnTargets="CollectUpToDateCheckInputDesignTime;_CollectWatchItems">
                <Message Text="input %(UpToDateCheckInput.Identity)" Importance="high" />
                <Message Text="watch %(Watch.Identity)" Importance="high" />
              </Target>
            </Project>
            """);
        app.Build();
        BuildLog log = app.Run("msbuild", "", ["-t:Show"]);
        string[] Of(string word) =>
        [
            .. log.Messages.Where(message => message.StartsWith(word + " " + app.Root, StringComparison.Ordinal))
                .Select(message => Path.GetRelativePath(app.Root, message[(word.Length + 1)..]))
                .Where(path => path.EndsWith(".txt", StringComparison.Ordinal)
                    || path.EndsWith(".dll", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(["names.txt", "plain/bin/tool.txt"], Of("watch"));

        // Another project's outputs are older or newer than ours: an IDE must look at them.
        Assert.Equal(["names.txt", "other/bin/made.txt", "plain/bin/tool.txt"], Of("input"));
    }
}

using Fptrace.MSBuild.Support;
using Fptrace.Support;

namespace Fptrace.MSBuild.Samples;

/// <summary>The projects under samples/, built as a reader would build them.</summary>
[Collection(PackageCollection.Name)]
public sealed class SampleTests(PackageFeed feed)
{
    [SkippableFact]
    public void Parser_EditedIncludedGrammar_IsGeneratedAgain()
    {
        Requires.Program("python3");
        using BuildWorkspace sample = Sample("parser");
        Assert.Equal(["it has not run before"], sample.Build().Reasons);
        Assert.Equal("1+2*(3+4) = 15\n", Run(sample, "Parser"));
        BuildLog second = sample.Build();
        Assert.Equal((1, 0), (second.Skipped, second.Tasks.Count(task => task == "Csc")));

        sample.Write("tight.grammar", "Product = * / %\n");
        Assert.Equal(["input changed: tight.grammar"], sample.Build().Reasons);
        Assert.Equal("9%5 = 4\n", Run(sample, "Parser", "9%5"));

        sample.Write("calculator.grammar", "Sum = + -\n");
        Assert.Equal("GRAMMAR1", Assert.Single(sample.Build().Warnings.DistinctBy(warning => warning.Code)).Code);
        Assert.Contains(sample.Build().Warnings, warning => warning.Code == "GRAMMAR1");
    }

    [SkippableFact]
    public void Native_EditedHeader_IsCompiledAgain()
    {
        Requires.Program("make");
        Requires.Program("gcc");
        using BuildWorkspace sample = Sample("native");
        Assert.Equal(["it has not run before"], sample.Build().Reasons);
        Assert.Equal("3 words\n", Run(sample, "Native"));
        Assert.Equal(1, sample.Build().Skipped);

        sample.Write("library/words.h",
            sample.Read("library/words.h").Replace("\" \\t", "\" -\\t", StringComparison.Ordinal));
        Assert.Equal(["input changed: library/words.h"], sample.Build().Reasons);
        Assert.Equal("2 words\n", Run(sample, "Native", "two-words"));
    }

    [SkippableFact]
    public void Web_EditedImportedScript_IsBundledAgain()
    {
        Requires.Program("npm");
        using BuildWorkspace sample = Sample("web");
        Assert.Equal(["it has not run before"], sample.Build().Reasons);
        Assert.Contains("Hello from", sample.Read("wwwroot/main.js"), StringComparison.Ordinal);
        Assert.Equal(1, sample.Build().Skipped);

        sample.Write("client/greet.ts",
            sample.Read("client/greet.ts").Replace("Hello", "Welcome", StringComparison.Ordinal));
        Assert.Equal(["input changed: client/greet.ts"], sample.Build().Reasons);
        Assert.Contains("Welcome from", sample.Read("wwwroot/main.js"), StringComparison.Ordinal);
    }

    [Fact]
    public void Protoc_EditedImportedSchema_IsCompiledAgain()
    {
        using BuildWorkspace sample = Sample("protoc", otherSources: true);
        Assert.Equal(["it has not run before"], sample.Build().Reasons);
        Assert.Contains("\"cents\": \"350\"", Run(sample, "Protoc"), StringComparison.Ordinal);
        BuildLog second = sample.Build();
        Assert.Equal((1, 0), (second.Skipped, second.Tasks.Count(task => task == "Csc")));

        sample.Write("schema/money.proto",
            sample.Read("schema/money.proto").Replace("cents", "minor_units", StringComparison.Ordinal));
        sample.Write("Program.cs", sample.Read("Program.cs").Replace("Cents", "MinorUnits", StringComparison.Ordinal));
        Assert.Equal(["input changed: schema/money.proto"], sample.Build().Reasons);
    }

    [Fact]
    public void Switched_EditedNote_RunsOneStepOfFour()
    {
        using BuildWorkspace sample = Sample("switched");
        Assert.Equal(4, sample.Build().Reasons.Count);
        Assert.Equal("Hello, Fptrace! First note.\n", Run(sample, "Switched"));
        BuildLog second = sample.Build();
        Assert.Equal((4, "SETTING1"), (second.Skipped, second.Warnings.First().Code));
        Assert.Contains("3 settings", second.Messages);

        sample.Write("notes/0.txt", "Zeroth note.\n");
        BuildLog third = sample.Build();
        Assert.Equal((3, "directory gained: notes/0.txt"), (third.Skipped, third.Reasons.Single()));
        Assert.Equal("Hello, Fptrace! Zeroth note.\n", Run(sample, "Switched"));
    }

    private static string Run(BuildWorkspace sample, string program, params string[] arguments) =>
        DotnetCommand.Run(sample.Root, sample.Feed, [$"bin/Debug/net10.0/{program}.dll", .. arguments]).Output;

    private BuildWorkspace Sample(string name, bool otherSources = false)
    {
        var sample = new BuildWorkspace(feed, name, otherSources);
        sample.CopyFrom(Path.Combine(Repository.Root, "samples", name));
        return sample;
    }
}

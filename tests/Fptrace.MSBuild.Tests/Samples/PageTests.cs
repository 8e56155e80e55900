using System.Text.RegularExpressions;
using Fptrace.Docs;
using Fptrace.MSBuild.Support;
using Fptrace.Support;

namespace Fptrace.MSBuild.Samples;

/// <summary>What samples/README.md and docs/msbuild.md tell a reader to type works as it stands.</summary>
/// <remarks>build/pack is there one that has made its packages already: making them takes minutes.</remarks>
[Collection(PackageCollection.Name)]
public sealed partial class PageTests : IDisposable
{
    private readonly PackageFeed _feed;
    private readonly string _top = Directory.CreateTempSubdirectory("fptrace-page-").FullName;

    public PageTests(PackageFeed feed)
    {
        _feed = feed;
        Directory.CreateDirectory(Path.Combine(Clone, "build"));
        string pack = Path.Combine(Clone, "build/pack");
        File.WriteAllText(pack, $"#!/bin/sh\nmkdir -p \"$1\" && cp '{feed.Feed}'/*.nupkg \"$1\"\n");
        File.SetUnixFileMode(pack, (UnixFileMode)0b111_101_101);
    }

    private string Clone => Path.Combine(_top, "clone");

    public void Dispose() => Directory.Delete(_top, recursive: true);

    [SkippableFact]
    public void Samples_AtATerminal_ShowWhatWasSkipped()
    {
        Requires.Program("python3");
        Requires.Program("script");
        Copy("samples");
        File.WriteAllText(Path.Combine(_top, "typed"), Assert.Single(Blocks("samples/README.md")).Text);
        CommandResult typed = DotnetCommand.Type(Clone, _feed, "TERM=xterm script -qec 'bash -eu ../typed' /dev/null");
        Assert.True(typed.ExitCode == 0, typed.Output);
        Assert.Matches(
            @"(?s)Parser: 1 traced step: 1 ran: it has not run before.*Parser: 1 traced step: 1 skipped.*= 15",
            typed.Output);
    }

    [SkippableFact]
    public void FirstStep_FromNothing_IsSkippedAsThePageShows()
    {
        IReadOnlyList<CommandBlock> blocks = Blocks("docs/msbuild.md");
        Assert.Equal(3, blocks.Count);
        Succeed(Clone, blocks[0].Text + blocks[1].Text);
        string words = Path.Combine(_top, "words");
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/msbuild.md"));
        string target = TargetPattern().Match(page).Groups[1].Value;
        string project = Path.Combine(words, "words.csproj");
        File.WriteAllText(project,
            File.ReadAllText(project).Replace("</Project>", target + "</Project>", StringComparison.Ordinal));

        string[] shown = [.. ShownPattern().Matches(page).Take(3).Select(match => match.Groups[1].Value)];
        Shows(shown[0], Succeed(words, blocks[2].Text));
        Shows(shown[1], Succeed(words, blocks[2].Text));
        Shows(shown[2], Succeed(words, "echo 'three' > first.txt\n" + blocks[2].Text));
        Assert.Equal("three\n", Succeed(words, "dotnet run --no-build"));
    }

    private static void Shows(string expected, string output) =>
        Assert.All(expected.Split('\n').Where(line => line != "..."),
            line => Assert.Contains(line, output, StringComparison.Ordinal));

    private static IReadOnlyList<CommandBlock> Blocks(string page) =>
        CommandBlock.Read(Path.Combine(Repository.Root, page));

    private string Succeed(string directory, string commands)
    {
        CommandResult typed = DotnetCommand.Type(directory, _feed, commands);
        Assert.True(typed.ExitCode == 0, typed.Output);
        return typed.Output;
    }

    private void Copy(string folder)
    {
        string from = Path.Combine(Repository.Root, folder);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(Repository.Root, file);
            if (!name.Split('/').Any(part => part is "obj" or "bin" or "node_modules"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Clone, name))!);
                File.Copy(file, Path.Combine(Clone, name));
            }
        }
    }

    [GeneratedRegex(@"^```xml\n(<Target Name=""GenerateWords"".*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex TargetPattern();

    [GeneratedRegex(@"^```\n((?:Traced step|words:).*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShownPattern();
}

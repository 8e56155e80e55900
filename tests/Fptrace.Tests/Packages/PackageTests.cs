using System.IO.Compression;
using System.Xml.Linq;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Packages;

/// <summary>What build/pack has made (FPTRACE_PACKAGES) is what docs/packages.md says.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Project = "https://github.com/OWNER/NAME";
    private static readonly string[] s_ids = ["Fptrace.Tool", "Fptrace.Tool.linux-x64",
        "Fptrace.Tool.linux-arm64", "Fptrace.Tool.any", "Fptrace.MSBuild"];
    private readonly WorkDirectory _directory = new();

    public static TheoryData<string> Ids() => new(s_ids);

    public void Dispose() => _directory.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Ids))]
    public void Package_TellsWhatItIs(string id)
    {
        using ZipArchive package = Open(id, "nupkg");
        XElement metadata = Metadata(package);
        foreach (string name in (string[])["icon", "readme"])
        {
            Assert.NotNull(package.GetEntry(Value(metadata, name)));
        }

        Assert.StartsWith("## [", Value(metadata, "releaseNotes"), StringComparison.Ordinal);
        Assert.DoesNotContain("](", Value(metadata, "releaseNotes"), StringComparison.Ordinal);
        string readme = Read(package, "README.md");
        Assert.DoesNotMatch(@"\]\((?!https://)", readme);
        Assert.DoesNotContain("<!--", readme, StringComparison.Ordinal);

        // Only RepositoryUrl brings these.
        string repository = metadata.Elements().Single(element => element.Name.LocalName == "repository").ToString();
        Assert.Equal(repository.Contains("url=", StringComparison.Ordinal),
            metadata.Elements().Any(element => element.Name.LocalName == "projectUrl"));
    }

    [SkippableTheory]
    [MemberData(nameof(Ids))]
    public void Package_HasTheLicencesOfWhatIsLinkedIn(string id)
    {
        using ZipArchive package = Open(id, "nupkg");
        Assert.Contains("Aspnet",
            Read(package, "DOTNET-THIRD-PARTY-NOTICES.TXT").Replace("ASP.NET", "Aspnet", StringComparison.Ordinal),
            StringComparison.Ordinal);
        string notices = Read(package, "THIRD-PARTY-NOTICES.txt");
        string[] foreign =
            [.. package.Entries.Select(entry => entry.Name)
                .Where(name => name.EndsWith(".dll", StringComparison.Ordinal)
                    && !name.StartsWith("Fptrace.", StringComparison.Ordinal) && name != "fptrace.dll")];
        Assert.All(foreign,
            name => Assert.Contains(Path.GetFileNameWithoutExtension(name), notices, StringComparison.Ordinal));

        // Of the native tools.
        Assert.All((string[])["glibc", "OpenSSL", "libgcc", "LESSER GENERAL PUBLIC", "Apache License"],
            name => Assert.Contains(name, notices, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [MemberData(nameof(Ids))]
    public void Package_HasOneTimeAndNoNameByChance(string id)
    {
        using ZipArchive package = Open(id, "nupkg");
        Assert.Single(package.Entries.Select(entry => entry.LastWriteTime).Distinct());
        Assert.NotNull(package.GetEntry("package/services/metadata/core-properties/nuget.psmdcp"));
    }

    [SkippableFact]
    public void Symbols_StandWhereTheAssembliesDo()
    {
        foreach (string id in (string[])["Fptrace.Tool.any", "Fptrace.MSBuild"])
        {
            using ZipArchive package = Open(id, "nupkg");
            using ZipArchive symbols = Open(id, "snupkg");
            string[] names = [.. symbols.Entries.Select(entry => entry.FullName)
                .Where(name => name.EndsWith(".pdb", StringComparison.Ordinal))];
            Assert.Contains(names, name => name.EndsWith("/Fptrace.Core.pdb", StringComparison.Ordinal));
            Assert.Contains(names, name => name.EndsWith("/Fptrace.Linux.pdb", StringComparison.Ordinal));
            Assert.Equal(3, names.Length);
            Assert.All(names, name => Assert.NotNull(package.GetEntry(Path.ChangeExtension(name, ".dll"))));
        }

        Assert.Equal(2, Directory.GetFiles(Packages(), "fptrace-*-linux-*64.dbg").Length);
    }

    /// <summary>glibc's licence demands it of what glibc is linked into.</summary>
    [SkippableFact]
    public void RelinkArchive_MakesTheTool()
    {
        string archive = Assert.Single(Directory.GetFiles(Packages(), "fptrace-*-linux-x64-relink.tar.gz"));
        Assert.True(File.Exists(archive.Replace("-x64-", "-arm64-", StringComparison.Ordinal)));
        Requires.Program("gcc");
        Requires.That(File.Exists("/usr/include/openssl/crypto.h"), "needs libssl-dev");
        CommandResult made = CommandRunner.Run(_directory.Work,
            ["sh", "-euc", "tar --strip-components=1 -xzf \"$1\"; sh relink; ./fptrace --version", "sh", archive]);
        Assert.Matches(@"\Afptrace \d[^\n]+\n\z", made.Output);
        using ZipArchive package = Open("Fptrace.Tool.linux-x64", "nupkg");
        package.GetEntry("tools/any/linux-x64/fptrace")!.ExtractToFile(_directory.Path("packaged"));
        CommandRunner.Run("/", ["chmod", "+x", _directory.Path("packaged")]);
        Assert.Equal(CommandRunner.Run("/", [_directory.Path("packaged"), "--version"]).Output, made.Output);
    }

    [SkippableFact]
    public void RepositoryUrl_IsWhereSourcesAndLinksLead()
    {
        Requires.Program("git");
        Skip.IfNot(Path.Exists(Path.Combine(Repository.Root, ".git")), "this tree is no clone");
        string source = Directory.CreateDirectory(_directory.Path("obj/")).FullName;
        MSBuild("-t:GenerateSourceLinkFile", "-p:ContinuousIntegrationBuild=true",
            $"-p:IntermediateOutputPath={source}", $"-p:RepositoryUrl={Project}");
        Assert.Matches(
            @"""/_/\*"":""https://raw\.githubusercontent\.com/OWNER/NAME/[0-9a-f]{40}/\*""",
            File.ReadAllText(source + "Fptrace.Core.sourcelink.json"));

        string readme = _directory.Path("README.md");
        MSBuild("-t:_FptracePackageTexts", "-p:IsPackable=true", $"-p:FptraceReadme={Repository.Root}/README.md",
            $"-p:_FptracePackagedReadme={readme}", $"-p:RepositoryUrl={Project}");
        Assert.Matches($@"\[docs/cache\.md\]\({Project}/blob/[0-9a-f]{{40}}/docs/cache\.md\)",
            File.ReadAllText(readme));
        Assert.DoesNotMatch(@"\]\((?!https://)", File.ReadAllText(readme));
    }

    private static void MSBuild(params string[] arguments)
    {
        CommandResult result = CommandRunner.Run(Repository.Root,
            ["dotnet", "msbuild", "src/Fptrace.Core", "-nologo", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private static string Packages()
    {
        string packages = Environment.GetEnvironmentVariable("FPTRACE_PACKAGES") ?? "";
        Requires.That(packages.Length > 0, "needs packages that build/pack has made (FPTRACE_PACKAGES)");
        return packages;
    }

    private static ZipArchive Open(string id, string extension) => ZipFile.OpenRead(Assert.Single(
        Directory.GetFiles(Packages(), $"{id}.*.{extension}"),
        path => char.IsAsciiDigit(Path.GetFileName(path)[id.Length + 1])));

    private static XElement Metadata(ZipArchive package) => XDocument
        .Parse(
            Read(package,
                Assert.Single(package.Entries,
                entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).FullName))
        .Root!.Elements().Single();

    private static string Value(XElement metadata, string name) =>
        metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private static string Read(ZipArchive package, string name)
    {
        using var reader = new StreamReader(package.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }
}

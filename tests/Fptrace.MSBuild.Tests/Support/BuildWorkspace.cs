using System.Diagnostics;
using System.Globalization;

namespace Fptrace.MSBuild.Support;

/// <summary>A fresh directory with projects that are built with the package. NuGet knows no source but its
/// folder.</summary>
internal sealed class BuildWorkspace : IDisposable
{
    private int _builds;

    public BuildWorkspace(PackageFeed feed, string name = "work", bool otherSources = false)
    {
        Feed = feed;
        Top = Directory.CreateTempSubdirectory("fptrace-build-").FullName;
        Root = Directory.CreateDirectory(System.IO.Path.Combine(Top, name)).FullName;
        Write("nuget.config", $"""
            <configuration><packageSources>{(otherSources ? "" : "<clear />")}<add key="packed" value="{feed.Feed}" /></packageSources></configuration>
            """);
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
    }

    public PackageFeed Feed { get; }

    public string Root { get; }

    /// <summary>The line of a bare project file that brings the package without a restore.</summary>
    public string Import => $"""<Import Project="{Feed.Unpacked}/build/Fptrace.MSBuild.targets" />""";

    /// <summary>The line of a project of the SDK that brings the package.</summary>
    public string Reference => $"""<PackageReference Include="Fptrace.MSBuild" Version="{Feed.Version}" PrivateAssets="all" />""";

    private string Top { get; }

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public string Read(string name) => File.ReadAllText(Path(name));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
    }

    /// <summary>Copies a directory of the repository, such as a sample, without what builds left in it.</summary>
    public void CopyFrom(string directory)
    {
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            string name = System.IO.Path.GetRelativePath(directory, file);
            if (!name.Split('/').Any(part => part is "obj" or "bin" or "node_modules"))
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
                File.Copy(file, Path(name), overwrite: true);
            }
        }
    }

    /// <summary>dotnet build, expected to succeed.</summary>
    public BuildLog Build(params string[] arguments) => Succeed(Run("build", "", arguments));

    /// <param name="verb">build, msbuild, publish or clean.</param>
    /// <param name="directory">Where, below the root.</param>
    /// <param name="arguments">More arguments.</param>
    /// <param name="environment">More variables.</param>
    public BuildLog Run(string verb, string directory, string[] arguments,
        params (string Name, string Value)[] environment)
    {
        string log = NextLog();
        string[] all = [verb, .. arguments, "-bl:" + log, "-nologo"];
        CommandResult result = DotnetCommand.Run(Path(directory), Feed, all, environment);
        return BuildLog.Read(log, result);
    }

    /// <summary>A build that goes on while the test does something. End it by <see cref="Process.Dispose()"/> alone
    /// after it has exited.</summary>
    public Process Start(params string[] arguments) => DotnetCommand.Start(Root, Feed, [.. arguments, "-nologo"]);

    public void Dispose() => Directory.Delete(Top, recursive: true);

    private static BuildLog Succeed(BuildLog log)
    {
        Assert.True(log.ExitCode == 0, log.Output);
        return log;
    }

    private string NextLog() =>
        System.IO.Path.Combine(Top, string.Create(CultureInfo.InvariantCulture, $"{++_builds}.binlog"));
}

using System.IO.Compression;
using Fptrace.Support;

namespace Fptrace.MSBuild.Support;

/// <summary>The package Fptrace.MSBuild in a folder that NuGet takes for a source, made once a test run.</summary>
/// <remarks>FPTRACE_PACKAGES names a folder of build/pack to take instead, with the native tool. Otherwise the package
/// holds the tool as the tests' own build made it.</remarks>
public sealed class PackageFeed : IDisposable
{
    public PackageFeed()
    {
        Top = Directory.CreateTempSubdirectory("fptrace-msbuild-").FullName;
        Feed = Directory.CreateDirectory(Path.Combine(Top, "feed")).FullName;
        string package = Environment.GetEnvironmentVariable("FPTRACE_PACKAGES") is { Length: > 0 } given
            ? Copy(given)
            : Pack();
        Version = Path.GetFileNameWithoutExtension(package)["Fptrace.MSBuild.".Length..];
        Unpacked = Path.Combine(Top, "unpacked");
        ZipFile.ExtractToDirectory(package, Unpacked);
    }

    /// <summary>All that the tests leave, and dotnet's and NuGet's caches for them.</summary>
    public string Top { get; }

    public string Feed { get; }

    public string Version { get; }

    /// <summary>The package's content, for projects that import it without a restore.</summary>
    public string Unpacked { get; }

    private static string Configuration { get; } =
        Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;

    public void Dispose() => Directory.Delete(Top, recursive: true);

    private string Copy(string folder)
    {
        string package = Directory.GetFiles(folder, "Fptrace.MSBuild.*.nupkg").Single();
        string copy = Path.Combine(Feed, Path.GetFileName(package));
        File.Copy(package, copy);
        return copy;
    }

    private string Pack()
    {
        string tool = Path.Combine(Repository.Root, "src/Fptrace.Tool/bin", Configuration, "net10.0");
        CommandResult pack = DotnetCommand.Run(Repository.Root, null,
        [
            "pack", "src/Fptrace.MSBuild", "-c", Configuration, "--no-build", "-o", Feed,
            "-p:FptracePortableTool=" + tool, "-nologo", "-v:q",
        ]);
        Assert.True(pack.ExitCode == 0, pack.Output);
        return Directory.GetFiles(Feed, "Fptrace.MSBuild.*.nupkg").Single();
    }
}

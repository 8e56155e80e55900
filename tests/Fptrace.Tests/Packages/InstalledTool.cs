using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Packages;

/// <summary>A directory with a tool manifest that holds what build/pack has made (FPTRACE_PACKAGES), with caches of its
/// own: nothing of this machine stands in for the packages.</summary>
public sealed class InstalledTool : IDisposable
{
    private readonly WorkDirectory _directory = new();
    private bool _isInstalled;

    /// <summary>Of the package.</summary>
    public string Version { get; private set; } = "";

    public void Dispose() => _directory.Dispose();

    public string Read(string name) => File.ReadAllText(_directory.Path("use/" + name));

    /// <summary>Names of those in a directory.</summary>
    public IEnumerable<string> Directories(string name) =>
        Directory.EnumerateDirectories(_directory.Path("use/" + name)).Select(path => Path.GetFileName(path)!);

    /// <summary>In the directory of the manifest.</summary>
    internal CommandResult Run(params string[] command)
    {
        Install();
        CommandResult result = Plain(command);
        Requires.That(result.ExitCode != ExitCodes.TracingDenied, $"needs tracing: {result.Error}");
        return result;
    }

    private void Install()
    {
        if (_isInstalled)
        {
            return;
        }

        string packages = Environment.GetEnvironmentVariable("FPTRACE_PACKAGES") ?? "";
        Requires.That(packages.Length > 0, "needs packages that build/pack has made (FPTRACE_PACKAGES)");
        string package = Assert.Single(Directory.GetFiles(packages, "Fptrace.Tool.*.nupkg"),
            path => char.IsAsciiDigit(Path.GetFileName(path)["Fptrace.Tool.".Length]));
        Version = Path.GetFileNameWithoutExtension(package)["Fptrace.Tool.".Length..];
        Directory.CreateDirectory(_directory.Path("use"));
        _directory.Write("use/in", "text\n");
        _directory.Write("use/nuget.config",
            $"<configuration><packageSources><clear /><add key=\"packed\" value=\"{Path.GetFullPath(packages)}\" "
            + "/></packageSources></configuration>");
        foreach (string[] command in (string[][])[["dotnet", "new", "tool-manifest"],
            ["dotnet", "tool", "install", "Fptrace.Tool", "--version", Version]])
        {
            CommandResult result = Plain(command);
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
        }

        _isInstalled = true;
    }

    private CommandResult Plain(params string[] command) => CommandRunner.Run(
        _directory.Path("use"),
        ["env", $"NUGET_PACKAGES={_directory.Path("nuget")}", $"DOTNET_CLI_HOME={_directory.Path("home")}",
            "DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_GENERATE_ASPNET_CERTIFICATE=false",
            .. command]);
}

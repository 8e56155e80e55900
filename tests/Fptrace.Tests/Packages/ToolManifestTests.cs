using Fptrace.Engine;

namespace Fptrace.Packages;

/// <summary>The package of the tool, installed through a tool manifest, as a team has it. dotnet hands <c>--</c> on,
/// and <c>dotnet tool run</c> keeps it.</summary>
public sealed class ToolManifestTests(InstalledTool tool) : IClassFixture<InstalledTool>
{
    [SkippableFact]
    public void Dotnet_BeforeDashes_Traces()
    {
        CommandResult result = tool.Run("dotnet", "fptrace", "-d", "deps.json", "--", "sh", "-c", "echo own; exit 7");
        Assert.Equal((7, "own\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Contains("\"Exit\":7", tool.Read("deps.json"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Dotnet_DashesAlone_TracesTheCommand()
    {
        CommandResult result = tool.Run("dotnet", "fptrace", "--", "sh", "-c", "exit 3");
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("fptrace: nothing is written, for nothing was asked for; ", result.Error,
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("one", "dotnet", "fptrace", "run")]
    [InlineData("two", "dotnet", "fptrace", "run", "--")]
    [InlineData("three", "dotnet", "tool", "run", "fptrace", "run")]
    [InlineData("four", "dotnet", "tool", "run", "fptrace", "--", "run")]
    public void Run_SecondCall_Skips(string name, params string[] call)
    {
        string[] command = [.. call, "sh", "-c", $"cat in > {name}"];
        CommandResult first = tool.Run(command);
        Assert.Equal(0, first.ExitCode);
        Assert.Contains("fptrace: run: no manifest: this command was not run before\n", first.Error,
            StringComparison.Ordinal);
        Assert.StartsWith("fptrace: up to date, not run: ", tool.Run(command).Error, StringComparison.Ordinal);
        Assert.Equal("text\n", tool.Read(name));
        Assert.Contains($"cat in > {name}", tool.Run("dotnet", "fptrace", "list").Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("fptrace: run: command not found; a verb comes first: fptrace run true\n", ExitCodes.NotFound,
        "run", "true")]
    [InlineData("fptrace: options stand before --: fptrace -d x.json -- true\n", ExitCodes.Usage, "-d",
        "x.json", "true")]
    public void Dotnet_VerbOrOptionBehindDashes_ShowsTheRightForm(string message, int exitCode, params string[] words)
    {
        CommandResult result = tool.Run(["dotnet", "fptrace", "--", .. words]);
        Assert.Equal((exitCode, message), (result.ExitCode, result.Error));
    }

    /// <summary>The native tool is static, so it is musl's as well: an SDK of Alpine's asks for that.</summary>
    [SkippableTheory]
    [InlineData("linux-x64", "linux-x64")]
    [InlineData("linux-musl-x64", "linux-x64")]
    [InlineData("linux-arm64", "linux-arm64")]
    [InlineData("linux-musl-arm64", "linux-arm64")]
    [InlineData("linux-riscv64", "any")]
    public void Install_OnAMachine_TakesItsPackage(string machine, string package)
    {
        tool.Run("true");
        CommandResult result = tool.Run("env", $"DOTNET_RUNTIME_ID={machine}", "dotnet", "tool", "install",
            "Fptrace.Tool", "--version", tool.Version, "--tool-path", machine);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal([$"{package}"], tool.Directories($"{machine}/.store/fptrace.tool/{tool.Version}")
            .Where(name => name != "fptrace.tool").Select(name => name["fptrace.tool.".Length..]));
    }

    [SkippableFact]
    public void Version_IsThatOfThePackage()
    {
        CommandResult result = tool.Run("dotnet", "fptrace", "--version");
        Assert.StartsWith($"fptrace {tool.Version.Split('.')[0]}.", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }
}

using System.Diagnostics;

namespace Fptrace.MSBuild.Support;

/// <summary>Runs dotnet as a user would, without what earlier builds or the tests' own left in the environment or as
/// servers.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static CommandResult Run(string directory, PackageFeed? feed, IReadOnlyList<string> arguments,
        params (string Name, string Value)[] environment)
    {
        using Process process = Start(directory, feed, arguments, environment);
        return Finish(process, arguments);
    }

    /// <summary>Types commands into bash as a page has them, up to the first that fails.</summary>
    public static CommandResult Type(string directory, PackageFeed feed, string commands)
    {
        using Process process = StartProgram(directory, feed, ["bash", "-euc", commands]);
        return Finish(process, [commands]);
    }

    public static Process Start(string directory, PackageFeed? feed, IReadOnlyList<string> arguments,
        params (string Name, string Value)[] environment) =>
        StartProgram(directory, feed, ["dotnet", .. arguments], environment);

    public static CommandResult Finish(Process process, IReadOnlyList<string> arguments)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit) || !Task.WaitAll([output, error], Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"did not end within {Limit.TotalMinutes} minutes: dotnet {string.Join(' ', arguments)}");
        }

        return new CommandResult(process.ExitCode, output.Result + error.Result);
    }

    private static Process StartProgram(string directory, PackageFeed? feed, IReadOnlyList<string> command,
        params (string Name, string Value)[] environment)
    {
        // Whoever starts the tests may ignore Ctrl-C.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", .. command])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // dotnet test sets variables for its own MSBuild, which another one must not see.
        foreach (string name in start.Environment.Keys.Where(name =>
            name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("FPTRACE", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        if (feed is not null)
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(feed.Top, "nuget");
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}

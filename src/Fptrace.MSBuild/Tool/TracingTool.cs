using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.State;
using Fptrace.Steps;

namespace Fptrace.MSBuild.Tool;

/// <summary>The tool in the package: native code if there is some for the machine, else IL for dotnet.</summary>
/// <param name="FileName">The file to execute.</param>
/// <param name="Program">The assembly if the file is dotnet; otherwise empty.</param>
internal sealed record TracingTool(string FileName, string Program)
{
    private const int ProbeTimeout = 30_000;

    /// <summary>The first tool that can trace here. Each is tried once in a build.</summary>
    /// <param name="settings">The settings, with the runtime identifier, and a tool to use in place of the packaged
    /// one.</param>
    /// <param name="build">Keeps the choice.</param>
    /// <param name="reason">Why there is none, or why it is not the first to try; otherwise null.</param>
    public static TracingTool? Find(StepSettings settings, BuildState build, out string? reason)
    {
        ToolChoice choice = Choice(settings, build).Value;
        reason = choice.Reason;
        return choice.Tool;
    }

    /// <summary>Starts to look for the tool on another thread.</summary>
    public static void Expect(StepSettings settings, BuildState build)
    {
        Lazy<ToolChoice> choice = Choice(settings, build);
        if (IsLinux(settings.RuntimeIdentifier) && !choice.IsValueCreated)
        {
            _ = Task.Run(() => choice.Value);
        }
    }

    public static bool IsLinux(string runtimeIdentifier) =>
        runtimeIdentifier.StartsWith("linux-", StringComparison.Ordinal);

    /// <summary>The tools to try, the best first.</summary>
    /// <param name="path">A tool to use in place of the packaged one, or empty.</param>
    /// <param name="runtimeIdentifier">Such as <c>linux-x64</c>.</param>
    /// <param name="tools">The package's directory of tools.</param>
    public static IEnumerable<TracingTool> Candidates(string path, string runtimeIdentifier, string tools)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host
            ? host
            : Environment.ProcessPath ?? "dotnet";
        if (path.Length > 0)
        {
            yield return path.EndsWith(".dll", StringComparison.Ordinal)
                ? new TracingTool(dotnet, path)
                : new TracingTool(path, "");
            yield break;
        }

        // The native tool is static, so it is musl's as well.
        string native = Path.Combine(tools, runtimeIdentifier.Replace("-musl-", "-", StringComparison.Ordinal),
            "fptrace");
        if (File.Exists(native))
        {
            yield return new TracingTool(native, "");
        }

        string portable = Path.Combine(tools, "any", "fptrace.dll");
        if (File.Exists(portable))
        {
            yield return new TracingTool(dotnet, portable);
        }
    }

    /// <summary>The arguments of the tool, in front of those of the shell.</summary>
    public string Arguments(TracedStep step, string shell)
    {
        var words = new List<string> { "run", "--manifest", step.Manifest, "--root", step.Identity.Root.ToString() };
        words.AddRange(step.Identity.Ignore.SelectMany(pattern => new[] { "--ignore", pattern }));
        words.AddRange(step.Identity.IgnoreListing.SelectMany(pattern => new[] { "--ignore-listing", pattern }));
        words.AddRange(step.Identity.DefaultIgnores == 0 ? ["--no-default-ignore"] : []);
        words.AddRange(step.Identity.Servers == 0 ? ["--servers", "keep"] : []);
        words.AddRange(step.Identity.AllowNetwork ? ["--allow-network"] : []);
        words.AddRange(["--env-mode", step.Identity.EnvironmentMode.Name()]);
        words.AddRange(step.Identity.Environment.SelectMany(name => new[] { "--env", name }));
        words.AddRange(step.Identity.EnvironmentIgnore.SelectMany(name => new[] { "--env-ignore", name }));
        words.AddRange(step.Identity.EnvironmentPass.SelectMany(name => new[] { "--env-pass", name }));
        words.AddRange(step.Identity.Extra.SelectMany(text => new[] { "--extra", text }));
        words.AddRange(["--command-text", step.Identity.Command[0].ToString(), "--no-config", "--no-stdin", "--force",
            "--quiet", "--survivors", "detach", "--process-name", Path.GetFileName(shell), "--", shell]);
        var text = new StringBuilder(Program.Length > 0 ? ArgumentText.Quote(Program) + " " : "");
        return text.AppendJoin(' ', words.Select(ArgumentText.Quote)).ToString();
    }

    private static Lazy<ToolChoice> Choice(StepSettings settings, BuildState build) =>
        build.Tools.GetOrAdd($"{settings.RuntimeIdentifier}:{settings.ToolPath}",
            _ => new Lazy<ToolChoice>(() => Choose(settings)));

    private static ToolChoice Choose(StepSettings settings)
    {
        string? reason = null;
        string tools = Path.GetFullPath("../../tools", Path.GetDirectoryName(typeof(TracingTool).Assembly.Location)!);
        foreach (TracingTool tool in Candidates(settings.ToolPath, settings.RuntimeIdentifier, tools))
        {
            if (settings.ToolPath.Length == 0 && tool.Program.Length == 0)
            {
                MakeExecutable(tool.FileName);
            }

            if (tool.TryTrace() is not { } failure)
            {
                return new ToolChoice(tool, reason);
            }

            reason ??= failure;
        }

        return new ToolChoice(null, reason ?? "the package holds no tool for this machine");
    }

    /// <summary>Sets the execute permission: NuGet packages do not keep file modes.</summary>
    private static void MakeExecutable(string file)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            UnixFileMode mode = File.GetUnixFileMode(file);
            if ((mode & Execute) != Execute)
            {
                File.SetUnixFileMode(file, mode | Execute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The package folder belongs to another user. The trial run shows whether the tool can be started.
        }
    }

    /// <summary>Traces a command that does nothing.</summary>
    /// <returns>Null if tracing works; otherwise the reason.</returns>
    private string? TryTrace()
    {
        var start = new ProcessStartInfo(FileName) { RedirectStandardError = true, RedirectStandardOutput = true,
            RedirectStandardInput = true };
        foreach (string word in new[] { Program, "--no-stdio", "--", "true" }.Where(word => word.Length > 0))
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(ProbeTimeout))
            {
                process.Kill(entireProcessTree: true);
                return $"{FileName} does not end";
            }

            return process.ExitCode == 0 ? null
                : error.Result.Split('\n')[0] is { Length: > 0 } line ? line
                : $"{FileName} exits with {process.ExitCode}";
        }
        catch (Win32Exception e)
        {
            return $"{FileName} cannot be started: {e.Message}";
        }
    }
}

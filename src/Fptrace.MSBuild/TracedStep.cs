using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fptrace.Caching;
using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.State;
using Fptrace.Model;
using Fptrace.Steps;

namespace Fptrace.MSBuild;

/// <summary>What defines one traced run. It is known before any check.</summary>
internal sealed record TracedStep
{
    /// <summary>
    /// Longer commands are passed to the tool as a digest: Linux limits one argument to 128 KiB (execve(2)).
    /// </summary>
    private const int LongestCommand = 32 * 1024;

    private const int LongestTitle = 100;

    /// <summary>The prefix of a command that is stored as a digest.</summary>
    public const string DigestMark = "digest ";

    public required StepIdentity Identity { get; init; }

    public required StepEnvironment Environment { get; init; }

    public required UpToDateChecking Check { get; init; }

    /// <summary>The full path of the manifest.</summary>
    public required string Manifest { get; init; }

    /// <summary>The name of the manifest; null if the project gives one.</summary>
    public required StepName? Name { get; init; }

    /// <summary>The command in one short line, for messages.</summary>
    public required string Title { get; init; }

    /// <summary>The directory of the cache; null for the user's own.</summary>
    public required string? CacheDirectory { get; init; }

    public required CacheMode CacheMode { get; init; }

    public string LockFile => Manifest + ".lock";

    public static TracedStep Plan(TracedExec task, ProjectState project, string projectDirectory,
        ProcessStartInfo start)
    {
        StepSettings settings = project.Settings;
        string root = Path.GetFullPath(First(task.Root, settings.Root, project.Root(projectDirectory)),
            projectDirectory);
        string manifestDirectory =
            ProjectRoot.Canonical(Path.GetFullPath(settings.ManifestDirectory, projectDirectory));
        StepName? name = task.Manifest.Length == 0 ? StepName.Of(task, projectDirectory, start.WorkingDirectory) : null;
        string manifest = name is null
            ? ProjectRoot.Canonical(Path.GetFullPath(task.Manifest, projectDirectory))
            : Path.Combine(manifestDirectory, name.FileName);
        string cache = First(task.CacheDirectory, settings.CacheDirectory);
        var top = ByteString.Parse(ProjectRoot.Canonical(root));
        ByteString home = start.Environment.TryGetValue("HOME", out string? value) && value is ['/', ..]
            ? ByteString.Parse(value.TrimEnd('/'))
            : default;
        bool ignores = Choice.Flag(First(task.DefaultIgnores, settings.DefaultIgnores), otherwise: true);
        StepIdentity identity = new StepIdentity
        {
            Command = ByteStringList.Of(ByteString.Parse(CommandText(task))),
            Directory = ByteString.Parse(ProjectRoot.Canonical(start.WorkingDirectory)),
            Root = top,
            EnvironmentMode = Choice.Environment(First(task.EnvironmentMode, settings.EnvironmentMode)),
            EnvironmentIgnore = Sorted([.. task.IgnoredEnvironment, .. settings.IgnoredEnvironment]),
            EnvironmentPass = Sorted([.. task.PassedEnvironment, .. settings.PassedEnvironment]),
            Environment =
                Sorted([.. task.TrackedEnvironment, .. settings.TrackedEnvironment,
                    .. Names(task.EnvironmentVariables)]),
            Ignore =
                Sorted(
                    [.. task.IgnoreFiles.Concat(settings.IgnoreFiles)
                        .Select(pattern => GlobSet.ExpandHome(pattern.Trim(), home)),
                            .. Own(manifestDirectory, name is null ? manifest : null, top)]),
            IgnoreListing = Sorted(task.IgnoreListings.Concat(settings.IgnoreListings)
                .Select(pattern => GlobSet.ExpandHome(pattern.Trim(), home))),
            DefaultIgnores = ignores ? DefaultIgnores.Version : 0,
            Servers = Choice.KeepsServers(First(task.Servers, settings.Servers)) ? 0 : ServerRules.Version,
            AllowNetwork = Choice.Flag(First(task.AllowNetwork, settings.AllowNetwork), otherwise: false),
            Extra = Sorted(Reading(task)),
            Machine = StepMachine.Current,
        }.WithHome(home);
        return new TracedStep
        {
            Identity = identity,
            Environment = StepEnvironment.Of(start.Environment, identity),
            Check = Choice.Check(First(task.UpToDateCheck, settings.UpToDateCheck)),
            Manifest = manifest,
            Name = name,
            CacheDirectory = cache.Length > 0 ? Path.GetFullPath(cache, projectDirectory) : null,
            CacheMode = Choice.Mode(First(task.CacheMode, settings.CacheMode),
                cache.Length > 0 ? CacheMode.ReadWrite : CacheMode.Off),
            Title = task.EchoOff ? PlaceOf(task, projectDirectory) : Shorten(task.Command),
        };
    }

    /// <summary>
    /// The text that identifies the command: the script that Exec makes of it has a random name. A secret command is
    /// shown as its digest.
    /// </summary>
    private static string CommandText(TracedExec task) =>
        task.EchoOff || Encoding.UTF8.GetByteCount(task.Command) > LongestCommand
        ? DigestMark + TextDigest.Of(task.Command)
        : task.Command;

    /// <summary>The file and line of the task, relative to the project. It stands for a secret command.</summary>
    private static string PlaceOf(TracedExec task, string projectDirectory)
    {
        string file = task.BuildEngine.ProjectFileOfTaskNode is { Length: > 0 } path
            ? Path.GetRelativePath(projectDirectory, path)
            : "task";
        return string.Create(CultureInfo.InvariantCulture, $"{file}({task.BuildEngine.LineNumberOfTaskNode})");
    }

    private static IEnumerable<string> Names(string[]? variables) => (variables ?? [])
        .Select(variable => variable.Split('=', 2)[0])
        .Where(Fptrace.Steps.TrackedEnvironment.IsValidName);

    /// <summary>
    /// Patterns of paths that belong to the task and not to the command: the scripts of Exec, and manifests.
    /// </summary>
    private static IEnumerable<string> Own(string manifestDirectory, string? manifest, ByteString root) =>
    [
        "MSBuildTemp??????",
        "/tmp/MSBuildTemp*",
        "tmp????????????????????????????????.exec.cmd",
        Pattern(manifestDirectory, root),
        .. manifest is null ? [] : new[] { Pattern(manifest, root), Pattern(manifest + ".lock", root) },
    ];

    private static string Pattern(string path, ByteString root)
    {
        string stored = StoredPath.Shorten(new ByteString(Encoding.UTF8.GetBytes(path)), root).ToString();

        // A pattern without a slash would match at any depth.
        return (stored.Contains('/', StringComparison.Ordinal) ? "" : "./") + GlobSet.Escape(stored);
    }

    /// <summary>
    /// Parameters that decide how Exec reads the command's output. They can decide whether the command succeeded.
    /// </summary>
    private static IEnumerable<string> Reading(TracedExec task) => ((string[])
        [
            Setting("error", task.CustomErrorRegularExpression),
            Setting("warning", task.CustomWarningRegularExpression),
            Setting("ignore format", task.IgnoreStandardErrorWarningFormat ? "true" : ""),
            Setting("stderr is error", task.LogStandardErrorAsError ? "true" : ""),
            Setting("tool", task.ToolExe == "sh" ? task.ToolPath : task.ToolPath + "/" + task.ToolExe),
        ])
        .Where(setting => setting.Length > 0);

    private static string Setting(string name, string? value) => string.IsNullOrEmpty(value) ? "" : name + "=" + value;

    private static string[] Sorted(IEnumerable<string> words) =>
        [.. words.Select(word => word.Trim()).Where(word => word.Length > 0).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];

    private static string First(params string[] values) => values.FirstOrDefault(value => value.Length > 0) ?? "";

    private static string Shorten(string command)
    {
        string line = string.Join(' ', command.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestTitle
            ? line
            : string.Create(CultureInfo.InvariantCulture, $"{line.AsSpan(0, LongestTitle)}...");
    }
}

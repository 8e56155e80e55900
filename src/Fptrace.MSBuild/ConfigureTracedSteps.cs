using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.State;
using Fptrace.MSBuild.Tool;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

/// <summary>
/// Passes the properties of a project to its traced steps, since a task cannot read properties itself.
/// </summary>
/// <remarks>It runs first in every project, through InitialTargets.</remarks>
[MSBuildMultiThreadableTask]
public sealed class ConfigureTracedSteps : ProjectTask
{
    [Required]
    public string ManifestDirectory { get; set; } = "";

    public string Root { get; set; } = "";

    public string UpToDateCheck { get; set; } = "";

    public string CacheDirectory { get; set; } = "";

    public string CacheMode { get; set; } = "";

    public string[] TrackedEnvironment { get; set; } = [];

    public string[] IgnoreFiles { get; set; } = [];

    public string[] IgnoreListings { get; set; } = [];

    public string DefaultIgnores { get; set; } = "";

    public string AllowNetwork { get; set; } = "";

    public string EnvironmentMode { get; set; } = "";

    public string Servers { get; set; } = "";

    public string[] IgnoredEnvironment { get; set; } = [];

    public string[] PassedEnvironment { get; set; } = [];

    public string[] TracedOutputsFilter { get; set; } = [];

    public string ToolPath { get; set; } = "";

    [Required]
    public string RuntimeIdentifier { get; set; } = "";

    public bool Audit { get; set; }

    public override bool Execute()
    {
        var settings = new StepSettings
        {
            ProjectFile = ProjectFile,
            ManifestDirectory = ManifestDirectory,
            Root = Root,
            UpToDateCheck = UpToDateCheck,
            CacheDirectory = CacheDirectory,
            CacheMode = CacheMode,
            TrackedEnvironment = TrackedEnvironment,
            IgnoreFiles = IgnoreFiles,
            IgnoreListings = IgnoreListings,
            DefaultIgnores = DefaultIgnores,
            AllowNetwork = AllowNetwork,
            EnvironmentMode = EnvironmentMode,
            Servers = Servers,
            IgnoredEnvironment = IgnoredEnvironment,
            PassedEnvironment = PassedEnvironment,
            TracedOutputsFilter = TracedOutputsFilter,
            ToolPath = ToolPath,
            RuntimeIdentifier = RuntimeIdentifier,
            Audit = Audit,
        };
        if (!Choice.Validate(Log, "Fptrace", settings.Choices))
        {
            return false;
        }

        BuildState build = BuildState.Of(BuildEngine);
        build.Configure(ProjectKey.Of(BuildEngine, ProjectDirectory), settings);
        if (!Directory.Exists(ManifestDirectory))
        {
            // No step has run yet, so some will. Find the tool in the background while MSBuild prepares them.
            TracingTool.Expect(settings, build);
        }

        return true;
    }
}

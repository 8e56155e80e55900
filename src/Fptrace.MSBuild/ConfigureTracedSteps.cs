using Fptrace.Caching;
using Fptrace.MSBuild.Choices;
using Fptrace.MSBuild.State;
using Fptrace.MSBuild.Tool;
using Fptrace.Manifests.Checking;
using Fptrace.Steps;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Fptrace.MSBuild;

/// <summary>Hands the properties of a project to the traced steps in it, for a task cannot read properties. Runs first
/// in every project, by InitialTargets.</summary>
[MSBuildMultiThreadableTask]
public sealed class ConfigureTracedSteps : Microsoft.Build.Utilities.Task
{
    [Required]
    public string ProjectFile { get; set; } = "";

    [Required]
    public string ProjectDirectory { get; set; } = "";

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
            // Nothing ran yet, so steps will: the tool is tried while MSBuild gets ready for them.
            TracingTool.Expect(settings, build);
        }

        return true;
    }
}

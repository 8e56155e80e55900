using System.Runtime.InteropServices;

namespace Fptrace.MSBuild.Choices;

/// <summary>The properties <c>Fptrace*</c> of a project. The parameters of a step override them.</summary>
internal sealed record StepSettings
{
    /// <summary>The settings of projects that use the task without the package's targets.</summary>
    public static StepSettings Default { get; } = new();

    /// <summary>The full path of the project file; empty if unknown.</summary>
    public string ProjectFile { get; init; } = "";

    /// <summary>The directory for manifests that no step names; relative to the project.</summary>
    public string ManifestDirectory { get; init; } = "obj/fptrace/";

    public string Root { get; init; } = "";

    public string UpToDateCheck { get; init; } = "";

    public string CacheDirectory { get; init; } = "";

    public string CacheMode { get; init; } = "";

    public string[] TrackedEnvironment { get; init; } = [];

    public string[] IgnoreFiles { get; init; } = [];

    public string[] IgnoreListings { get; init; } = [];

    public string DefaultIgnores { get; init; } = "";

    public string AllowNetwork { get; init; } = "";

    public string EnvironmentMode { get; init; } = "";

    public string Servers { get; init; } = "";

    public string[] IgnoredEnvironment { get; init; } = [];

    public string[] PassedEnvironment { get; init; } = [];

    public string[] TracedOutputsFilter { get; init; } = [];

    /// <summary>A tool to use in place of the packaged one: an executable, or a <c>.dll</c> for dotnet.</summary>
    public string ToolPath { get; init; } = "";

    /// <summary>Selects the packaged tool, such as <c>linux-x64</c>.</summary>
    public string RuntimeIdentifier { get; init; } = OperatingSystem.IsLinux()
        ? "linux-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()
        : "any";

    public bool Audit { get; init; }

    /// <summary>The settings that take one of a few words.</summary>
    public StepChoices Choices => new(UpToDateCheck, CacheMode, EnvironmentMode, AllowNetwork, DefaultIgnores, Servers);
}

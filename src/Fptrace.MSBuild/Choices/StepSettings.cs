using System.Runtime.InteropServices;
using Fptrace.Caching;
using Fptrace.Manifests.Checking;
using Fptrace.Steps;

namespace Fptrace.MSBuild.Choices;

/// <summary>What the properties <c>Fptrace*</c> of a project say about its traced steps; a step's own parameters
/// win.</summary>
internal sealed record StepSettings
{
    /// <summary>For projects that use the task without the package's targets.</summary>
    public static StepSettings Default { get; } = new();

    /// <summary>The project file, in full. Empty where it is unknown.</summary>
    public string ProjectFile { get; init; } = "";

    /// <summary>Where the manifests of steps stand that name none; relative to the project.</summary>
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

    /// <summary>Another tool than the packaged one: an executable, or a <c>.dll</c> for dotnet.</summary>
    public string ToolPath { get; init; } = "";

    /// <summary>What this machine is taken for, such as <c>linux-x64</c>.</summary>
    public string RuntimeIdentifier { get; init; } = OperatingSystem.IsLinux()
        ? "linux-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()
        : "any";

    public bool Audit { get; init; }

    /// <summary>Those that take one of a few words.</summary>
    public StepChoices Choices => new(UpToDateCheck, CacheMode, EnvironmentMode, AllowNetwork, DefaultIgnores, Servers);
}

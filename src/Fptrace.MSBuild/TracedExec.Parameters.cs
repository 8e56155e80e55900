using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Fptrace.Caching;
using Fptrace.MSBuild.State;
using Fptrace.Manifests;
using Fptrace.Manifests.Checking;
using Fptrace.Steps;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

// What TracedExec has besides Exec's parameters, and what it learns from MSBuild.
public partial class TracedExec
{
    private bool _asksForProject;

    private BuildState Build => BuildState.Of(BuildEngine);

    /// <summary>What was recorded, now or the last time. Items are made of it only if the project asks for
    /// them.</summary>
    private Manifest? _observed;

    /// <summary>Where the manifest of the step is; default: in FptraceManifestDirectory, named by the
    /// command.</summary>
    public string Manifest { get; set; } = "";

    /// <summary><c>content</c> (default), <c>timestamp</c> or <c>off</c>.</summary>
    public string UpToDateCheck { get; set; } = "";

    /// <summary>Where the build cache is; empty for none, unless a mode is set: then it is the user's own.</summary>
    public string CacheDirectory { get; set; } = "";

    /// <summary><c>readwrite</c> (default), <c>read</c>, <c>write</c> or <c>off</c>.</summary>
    public string CacheMode { get; set; } = "";

    /// <summary>Names of variables of the environment that count with their whole value in any case; a name may end
    /// with '*'.</summary>
    public string[] TrackedEnvironment { get; set; } = [];

    /// <summary>Patterns of paths that are neither input nor output.</summary>
    public string[] IgnoreFiles { get; set; } = [];

    /// <summary>Patterns of directories whose names do not count when the command lists them; <c>..</c>: all above the
    /// root.</summary>
    public string[] IgnoreListings { get; set; } = [];

    /// <summary><c>false</c>: what known tools leave for themselves counts, too.</summary>
    public string DefaultIgnores { get; set; } = "";

    /// <summary><c>true</c>: use of the network is no reason to run again each time.</summary>
    public string AllowNetwork { get; set; } = "";

    /// <summary>Which variables count: <c>all</c>, <c>strict</c> or <c>listed</c>.</summary>
    public string EnvironmentMode { get; set; } = "";

    /// <summary><c>none</c> (default): known tools are told to leave and use no servers; <c>keep</c>: they are
    /// not.</summary>
    public string Servers { get; set; } = "";

    /// <summary>Names of variables that do not count; a name may end with '*'.</summary>
    public string[] IgnoredEnvironment { get; set; } = [];

    /// <summary>Names of variables that reach the command in the mode <c>strict</c>, and do not count.</summary>
    public string[] PassedEnvironment { get; set; } = [];

    /// <summary>Patterns: of the outputs only those that match are <see cref="TracedOutputs"/>.</summary>
    public string[] TracedOutputsFilter { get; set; } = [];

    /// <summary>Below it paths are stored relative; default: the top of the git working tree, else the project's
    /// directory.</summary>
    public string Root { get; set; } = "";

    /// <summary>What the step depends on, files and directories below the root and elsewhere; metadata Observation,
    /// Digest, Step.</summary>
    [Output]
    public ITaskItem[] TracedInputs => _observed is null ? [] : ManifestItems.Inputs(_observed, _step!.Manifest);

    /// <summary>Files that the step leaves behind; metadata Digest, Step. Where it cannot be traced and never was:
    /// <c>Outputs</c>.</summary>
    [Output]
    public ITaskItem[] TracedOutputs
    {
        get
        {
            string[] patterns = TracedOutputsFilter.Length > 0
                ? TracedOutputsFilter
                : _project.Settings.TracedOutputsFilter;
            return _observed is not null ? ManifestItems.Outputs(_observed, _step!.Manifest, patterns)
                : _tool is null ? ManifestItems.Matching(Outputs, patterns)
                : [];
        }
    }

    [Output]
    public bool UpToDate { get; private set; }

    /// <summary>Why it ran; empty when it was skipped.</summary>
    [Output]
    public string UpToDateReason { get; private set; } = "";

    [Output]
    public bool RestoredFromCache { get; private set; }

    /// <summary>Exec's own start information tells directory and environment in every MSBuild, multithreaded or
    /// not.</summary>
    /// <returns>False if the working directory is missing.</returns>
    private bool TryFindStart(out string projectDirectory, [NotNullWhen(true)] out ProcessStartInfo? start)
    {
        _asksForProject = true;
        string directory = GetProcessStartInfo("sh", "", "").WorkingDirectory;
        _asksForProject = false;
        projectDirectory = directory.Length == 0 ? Directory.GetCurrentDirectory() : directory;
        try
        {
            start = GetProcessStartInfo("sh", "", "");
            start.WorkingDirectory = Path.GetFullPath(start.WorkingDirectory, projectDirectory);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            start = null;
            return false;
        }
    }

    /// <summary>One message a build and reason.</summary>
    private void SayUntraced(string? reason)
    {
        if (reason is not null && Build.SayOnce(reason))
        {
            Log.LogMessage(MessageImportance.High, "TracedExec runs as Exec, and skips nothing: {0}", reason);
        }
    }
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Fptrace.MSBuild.State;
using Fptrace.Manifests;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild;

// The parameters that TracedExec adds to those of Exec, and what it learns from MSBuild.
public partial class TracedExec
{
    private bool _asksForProject;

    private BuildState Build => BuildState.Of(BuildEngine);

    /// <summary>
    /// The manifest of this run or, after a skip, of the last one. It becomes items only if the project asks for them.
    /// </summary>
    private Manifest? _observed;

    /// <summary>
    /// The path of the manifest. Default: a file in FptraceManifestDirectory, named after the command.
    /// </summary>
    public string Manifest { get; set; } = "";

    /// <summary><c>content</c> (default), <c>timestamp</c> or <c>off</c>.</summary>
    public string UpToDateCheck { get; set; } = "";

    /// <summary>
    /// The directory of the cache. When empty there is none, unless a mode is set: then it is the user's own.
    /// </summary>
    public string CacheDirectory { get; set; } = "";

    /// <summary><c>readwrite</c> (default), <c>read</c>, <c>write</c> or <c>off</c>.</summary>
    public string CacheMode { get; set; } = "";

    /// <summary>
    /// Names of environment variables that always count, with their whole value. A name may end with '*'.
    /// </summary>
    public string[] TrackedEnvironment { get; set; } = [];

    /// <summary>Patterns of paths that count neither as input nor as output.</summary>
    public string[] IgnoreFiles { get; set; } = [];

    /// <summary>
    /// Patterns of directories whose names do not count when the command lists them. <c>..</c> stands for all
    /// directories above the root.
    /// </summary>
    public string[] IgnoreListings { get; set; } = [];

    /// <summary>If <c>false</c>, files that known tools keep for themselves count, too.</summary>
    public string DefaultIgnores { get; set; } = "";

    /// <summary>If <c>true</c>, a run counts although it used the network.</summary>
    public string AllowNetwork { get; set; } = "";

    /// <summary>Which variables count: <c>all</c>, <c>strict</c> or <c>listed</c>.</summary>
    public string EnvironmentMode { get; set; } = "";

    /// <summary>
    /// <c>none</c> (default): known tools are told to use no servers, and to leave none running. <c>keep</c>: they are
    /// not.
    /// </summary>
    public string Servers { get; set; } = "";

    /// <summary>Names of environment variables that do not count. A name may end with '*'.</summary>
    public string[] IgnoredEnvironment { get; set; } = [];

    /// <summary>
    /// Names of environment variables that reach the command in the mode <c>strict</c>, but do not count.
    /// </summary>
    public string[] PassedEnvironment { get; set; } = [];

    /// <summary>Patterns of paths. If set, only outputs that match one are in <see cref="TracedOutputs"/>.</summary>
    public string[] TracedOutputsFilter { get; set; } = [];

    /// <summary>
    /// The directory below which paths are stored relative to it. Default: the top of the git working tree, else the
    /// project's directory.
    /// </summary>
    public string Root { get; set; } = "";

    /// <summary>
    /// The files and directories that the step depends on, also outside of the root. Metadata: Observation, Digest,
    /// Step.
    /// </summary>
    [Output]
    public ITaskItem[] TracedInputs => _observed is null ? [] : ManifestItems.Inputs(_observed, _step!.Manifest);

    /// <summary>
    /// The files that the step made. Metadata: Digest, Step. If it was never traced and cannot be: <c>Outputs</c>.
    /// </summary>
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

    /// <summary>Why the step ran; empty when it was skipped.</summary>
    [Output]
    public string UpToDateReason { get; private set; } = "";

    [Output]
    public bool RestoredFromCache { get; private set; }

    /// <summary>
    /// Finds the working directory and the environment of the command from Exec's own start information.
    /// </summary>
    /// <remarks>That gives the right values in every MSBuild, multithreaded or not.</remarks>
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

    /// <summary>Logs why the step is not traced. Each reason is logged once in a build.</summary>
    private void SayUntraced(string? reason)
    {
        if (reason is not null && Build.SayOnce(reason))
        {
            Log.LogMessage(MessageImportance.High, "TracedExec runs as Exec, and skips nothing: {0}", reason);
        }
    }

    private void SayFallback(string? reason)
    {
        if (reason is not null && Build.SayOnce(reason))
        {
            Log.LogMessage(MessageImportance.High, "TracedExec uses the portable tool, which starts more slowly: {0}",
                reason);
        }
    }
}
